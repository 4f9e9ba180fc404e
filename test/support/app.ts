import { type App, createApp } from '../../src/app.js';
import { type Config, readConfig } from '../../src/config.js';
import { createLog } from '../../src/log.js';
import { testDatabase } from './database.js';

export interface TestApp {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly databaseUrl: string;
  /** The server's log entries. */
  readonly logged: readonly Record<string, unknown>[];
  close(): Promise<void>;
}

/** A server of its own on a free port, with a database of its own or the one given; without authentication unless given. */
export async function startApp({ databaseUrl, ...given }: Partial<Config> = {}): Promise<TestApp> {
  const database = databaseUrl ? { url: databaseUrl, close: async () => {} } : await testDatabase();
  const logged: Record<string, unknown>[] = [];
  const log = createLog('info', { write: (line) => void logged.push(JSON.parse(line)) });
  const config = { ...readConfig({ PORT: '0', STEPCAST_AUTH: 'off', DATABASE_URL: database.url }), ...given };
  const app: App = await createApp(config, log).catch(async (error) => {
    await database.close();
    throw error;
  });
  return {
    url: app.url,
    databaseUrl: database.url,
    logged,
    async close() {
      await app.close();
      await database.close();
    },
  };
}
