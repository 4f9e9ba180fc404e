import { once } from 'node:events';
import { connect } from 'node:net';
import pg from 'pg';
import { expect, test, vi } from 'vitest';
import { seed } from '../storage/seed.js';
import { startApp } from '../support/app.js';
import { openPool } from '../support/database.js';
import { eventually } from '../support/wait.js';

test('for a caller who has hung up nothing more is read', async () => {
  const app = await startApp();
  const pool = openPool({ connectionString: app.databaseUrl });
  const { id } = await seed(pool).cluster({ tenant_id: 'default' });
  const holder = await pool.connect();
  await holder.query('BEGIN; LOCK TABLE cluster_event IN ACCESS EXCLUSIVE MODE');
  const spy = vi.spyOn(pg.Client.prototype, 'query');
  const reads = () =>
    spy.mock.calls.filter(([given]: unknown[]) => (given as { text?: string }).text?.includes('cluster_event')).length;

  const fields = Array.from({ length: 10 }, (_, index) => `a${index}: events(first: ${index + 1}) { nodes { id } }`);
  const body = JSON.stringify({ query: `{ cluster(id: "${id}") { ${fields.join(' ')} } }` });
  const { port } = new URL(app.url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(
    `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  await eventually(() => expect(reads()).toBe(4));
  socket.destroy();
  await once(socket, 'close');
  await fetch(`${app.url}/livez`);

  await holder.query('ROLLBACK');
  // These wait behind the four that were under way.
  await eventually(async () => {
    const { rows } = await holder.query(`SELECT count(*)::int AS n FROM pg_stat_activity
      WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid() AND query LIKE '%cluster_event%'`);
    expect(rows[0].n).toBe(0);
  });
  for (let round = 0; round < 3; round += 1) await fetch(`${app.url}/livez`);
  expect(reads()).toBe(4);

  spy.mockRestore();
  holder.release();
  await pool.end();
  await app.close();
}, 30_000);
