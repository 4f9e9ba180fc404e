import { afterAll, beforeAll } from 'vitest';
import { Recorder } from '../../src/domain/record.js';
import { type Database, openDatabase } from '../../src/storage/database.js';
import { createStore } from '../../src/storage/store/store.js';
import { quiet, type TestDatabase, testDatabase } from '../support/database.js';

/** The write paths of two servers on one database, for the tests of a file. */
export function twoRecorders() {
  let own: TestDatabase;
  let database: Database;
  let recorders: [Recorder, Recorder];
  beforeAll(async () => {
    own = await testDatabase();
    database = await openDatabase({ url: own.url, dataDir: '', log: quiet });
    const writeStore = createStore({ database, notices: null, log: quiet });
    const recorder = () =>
      new Recorder({ writeStore, announce: () => {}, fallback: () => {}, log: quiet, eventLog: true });
    recorders = [recorder(), recorder()];
  });
  afterAll(async () => {
    await database?.close();
    await own?.close();
  });
  return {
    get database() {
      return database;
    },
    get recorders() {
      return recorders;
    },
  };
}
