import type { Role } from '../caller.js';

/** A credential of a program, as it is stored: the secret itself is known to its holder alone. */
export interface ApiKey {
  /** Unique among all tenants: it says whose the key is. */
  readonly id: string;
  readonly tenantId: string;
  /** What it is for, in the operator's words; may be empty. */
  readonly name: string;
  /** As given, without what they imply. */
  readonly roles: readonly Role[];
  /** SHA-256 of the secret. It is random, so nothing slower is needed. */
  readonly hash: Buffer;
  readonly createdAt: Date;
  /** Null: never. */
  readonly expiresAt: Date | null;
  /** To a minute; null: not yet. */
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

/** Where API keys are kept. All of it rejects with the Fault UNAVAILABLE when the database cannot be reached. */
export interface KeyStore {
  /** Those of these ids that there are, in any order, also ones that have ended. */
  keys(ids: readonly string[]): Promise<ApiKey[]>;
  /** All of a tenant, or of all tenants, the oldest first. */
  allKeys(tenantId?: string): Promise<ApiKey[]>;
  createKey(key: Omit<ApiKey, 'createdAt' | 'lastUsedAt' | 'revokedAt'>): Promise<ApiKey>;
  /** Ends it from now on, or as it has been; undefined when there is none of this id. */
  revokeKey(id: string): Promise<ApiKey | undefined>;
  /** Notes when keys were used; an earlier time than is known changes nothing. */
  keysUsed(uses: ReadonlyMap<string, Date>): Promise<void>;
}

/** Whether it lets its holder in. */
export const isValid = ({ expiresAt, revokedAt }: Pick<ApiKey, 'expiresAt' | 'revokedAt'>, now: number): boolean =>
  revokedAt === null && (expiresAt === null || now < expiresAt.getTime());
