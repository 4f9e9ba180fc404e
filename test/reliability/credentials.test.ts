import { expect, onTestFinished, test } from 'vitest';
import { createCluster } from '../support/api.js';
import { startApp } from '../support/app.js';
import { ask, asSuperuser } from '../support/embedded.js';
import { eventually, until } from '../support/wait.js';
import { ownPostgres } from './own-postgres.js';

test('E7: credentials that are refused while it runs: all is UNAVAILABLE, and goes on when they are taken again', async () => {
  const { url } = await ownPostgres();
  const admin = asSuperuser(url);
  const app = await startApp({ databaseUrl: url, logLevel: 'silent' });
  onTestFinished(() => app.close());
  await createCluster(app.url);

  await ask(admin, 'ALTER ROLE stepcast NOLOGIN');
  await ask(admin, `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = 'stepcast'`);
  await expect(createCluster(app.url)).rejects.toThrow(/UNAVAILABLE/);
  // Connections that were lost while idle may take some requests before all are known to be gone.
  await eventually(() => expect(createCluster(app.url)).rejects.toThrow(/it refuses the credentials.*UNAVAILABLE/));
  expect((await fetch(`${app.url}/readyz`)).status).toBe(503);

  await ask(admin, 'ALTER ROLE stepcast LOGIN');
  await until(async () => (await fetch(`${app.url}/readyz`)).ok);
  await createCluster(app.url);
});
