import { onTestFinished } from 'vitest';
import type { Config } from '../../src/config.js';
import { startApp } from '../support/app.js';
import { testDatabase } from '../support/database.js';

/** Two servers on one database: their URLs, and the database's. Closed with the test, or earlier, except for the database. */
export async function pair(config: Partial<Config> = {}) {
  const database = await testDatabase();
  const shared = { logLevel: 'silent', ...config, databaseUrl: database.url } as const;
  const apps = await Promise.all([startApp(shared), startApp(shared)]);
  const close = async () => void (await Promise.all(apps.splice(0).map((app) => app.close())));
  const [a, b] = apps.map(({ url }) => url) as [string, string];
  onTestFinished(async () => {
    await close();
    await database.close();
  });
  return { a, b, databaseUrl: database.url, close };
}
