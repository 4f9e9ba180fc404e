import { expect, onTestFinished, test } from 'vitest';
import { startApp } from '../support/app.js';
import { ask } from '../support/embedded.js';
import { until } from '../support/wait.js';
import { ownPostgres } from './own-postgres.js';

test('a database that is frozen: /readyz says so, soon, and again when it runs on', async () => {
  const database = await ownPostgres();
  const app = await startApp({ databaseUrl: database.url, logLevel: 'silent' });
  onTestFinished(() => app.close());
  const readyz = async () => (await fetch(`${app.url}/readyz`)).status;
  expect(await readyz()).toBe(200);

  const pids = (await ask(
    database.url,
    "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
  )) as number[];
  expect(pids.length).toBeGreaterThan(0);
  const signal = (name: NodeJS.Signals) => {
    for (const pid of pids) {
      try {
        process.kill(pid, name);
      } catch (error) {
        // Its connection may have been given up.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
  };
  signal('SIGSTOP');
  onTestFinished(() => signal('SIGCONT'));
  const since = performance.now();
  expect(await Promise.all(Array.from({ length: 20 }, readyz))).toEqual(Array(20).fill(503));
  // It has two seconds; the rest is for a busy machine. Without a deadline it takes 30 and more.
  expect(performance.now() - since).toBeLessThan(10_000);
  expect((await fetch(`${app.url}/livez`)).status).toBe(200);
  signal('SIGCONT');
  await until(async () => (await readyz()) === 200);
});
