import { openDatabase } from '../../src/storage/database.js';
/** The database that the environment names, as the server under test names it: the same engine, tables and settings. */
export function peerDatabase() {
    const { DATABASE_URL: url, STEPCAST_DATA_DIR: dataDir = './data' } = process.env;
    return openDatabase({ ...(url ? { url } : {}), dataDir, log: console });
}
