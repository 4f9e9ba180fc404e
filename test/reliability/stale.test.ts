import { createClient as createSocket } from 'graphql-ws';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { createClient } from '../../src/client/index.js';
import { createCluster } from '../support/api.js';
import { startApp } from '../support/app.js';
import { until } from '../support/wait.js';
import { ownPostgres } from './own-postgres.js';

test('W11: while the database is away, a client is told since when by pings, its follower is stale, and live again afterwards', async () => {
  const database = await ownPostgres();
  const app = await startApp({ databaseUrl: database.url, logLevel: 'silent' });
  onTestFinished(() => app.close());
  const { id } = await createCluster(app.url);
  const following = createClient({ url: `${app.url}/graphql` }).followProgress({ clusterId: id });
  onTestFinished(() => void following.return());
  await following.next();
  const told: unknown[] = [];
  const socket = createSocket({
    url: `${app.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    lazy: false,
    on: { ping: (received, payload) => void (received && told.push(payload)) },
  });
  onTestFinished(() => void socket.dispose());
  const states: string[] = [];
  following.onState(({ status }) => states.push(status));
  expect(following.state.status).toBe('live');

  const before = Date.now();
  await database.stop();
  await until(() => states.length === 1 && told.length === 1);
  const { stale } = told[0] as { stale: { since: string } };
  expect(Math.abs(Date.parse(stale.since) - before)).toBeLessThan(30_000);
  expect(following.state).toMatchObject({ status: 'stale' });
  await database.start();
  await until(() => states.length === 2 && told.length === 2);
  expect(told[1]).toEqual({ stale: null });
  expect(states).toEqual(['stale', 'live']);
});
