import type { Database } from '../../src/storage/database.js';
import { shipped } from '../support/shipped.js';

/** The database that the environment names, as the server under test names it: the same engine, tables and settings. */
export async function peerDatabase(): Promise<Database> {
  const { openDatabase } = await shipped<typeof import('../../src/storage/database.js')>('storage/database.js');
  const { DATABASE_URL: url, STEPCAST_DATA_DIR: dataDir = './data' } = process.env;
  return openDatabase({ ...(url ? { url } : {}), dataDir, log: console });
}
