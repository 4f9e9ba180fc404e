import type pg from 'pg';
import type { ApiKey, KeyStore } from '../../auth/keys/api-key.js';
import { reached } from './faults.js';

interface Row {
  readonly id: string;
  readonly tenant_id: string;
  readonly name: string;
  readonly roles: ApiKey['roles'];
  readonly hash: Buffer;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly last_used_at: Date | null;
  readonly revoked_at: Date | null;
}

/** API keys on PostgreSQL. */
export function createKeyStore(pool: pg.Pool): KeyStore {
  const query = async (text: string, values: unknown[]): Promise<ApiKey[]> => {
    const { rows } = await reached(() => pool.query<Row>(text, values));
    return rows.map(keyOf);
  };
  return {
    keys: (ids) => query('SELECT * FROM api_key WHERE id = ANY($1)', [ids]),

    allKeys: (tenantId) =>
      query('SELECT * FROM api_key WHERE $1::text IS NULL OR tenant_id = $1 ORDER BY created_at, id', [
        tenantId ?? null,
      ]),

    async createKey({ id, tenantId, name, roles, hash, expiresAt }) {
      const [key] = await query(
        `INSERT INTO api_key (id, tenant_id, name, roles, hash, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, now(), $6) RETURNING *`,
        [id, tenantId, name, roles, hash, expiresAt],
      );
      return key as ApiKey;
    },

    async revokeKey(id) {
      const text = 'UPDATE api_key SET revoked_at = coalesce(revoked_at, now()) WHERE id = $1 RETURNING *';
      return (await query(text, [id]))[0];
    },

    async keysUsed(uses) {
      await query(
        `UPDATE api_key SET last_used_at = greatest(last_used_at, used.at)
         FROM unnest($1::text[], $2::timestamptz[]) AS used (id, at) WHERE api_key.id = used.id`,
        [[...uses.keys()], [...uses.values()]],
      );
    },
  };
}

const keyOf = (row: Row): ApiKey => ({
  id: row.id,
  tenantId: row.tenant_id,
  name: row.name,
  roles: row.roles,
  hash: row.hash,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  lastUsedAt: row.last_used_at,
  revokedAt: row.revoked_at,
});
