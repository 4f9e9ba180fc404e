import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Recorder } from '../../src/domain/record.js';
import { ClusterDocument, ReportEventsDocument } from '../../src/generated/client.js';
import { openDatabase } from '../../src/storage/database.js';
import { createStore } from '../../src/storage/store/store.js';
import { present } from '../rules/fixture.js';
import { event, ok, post, report } from '../support/api.js';
import { startApp } from '../support/app.js';
import { quiet, testDatabase } from '../support/database.js';
import { until } from '../support/wait.js';
import { Fleet } from './fleet.js';
import { freezing } from './freezing.js';
import { seeded } from './random.js';
import { logged, miscounted } from './recount.js';
import { endless } from './work.js';

/** Milliseconds. Statements have about 10 s; the rest is for a busy machine. Without deadlines it takes 40 and more. */
const bound = 20_000;

/** A database that can freeze. Gone with the test. */
async function own() {
  const database = await testDatabase();
  onTestFinished(() => database.close());
  const { url: proxied, freeze, thaw } = await freezing(database.url);
  return { url: database.url, proxied, freeze, thaw };
}

test('E2, E7: a database that freezes: reports and reads are UNAVAILABLE soon, all goes on when it thaws, nothing is stored twice', {
  timeout: 180_000,
}, async () => {
  const { url, proxied, freeze, thaw } = await own();
  const app = await startApp({ databaseUrl: proxied, logLevel: 'silent' });
  onTestFinished(() => app.close());
  const work = await endless(app.url, 3);
  const { clusterId, stepId } = present(work[0]);
  const fleet = new Fleet({ url: app.url, stepIds: work.map((one) => one.stepId), reporters: 10, random: seeded() });
  await fleet.progress(100);

  freeze();
  const since = performance.now();
  const one = event(stepId);
  const answers = await Promise.all([
    post(app.url, ReportEventsDocument, { input: { events: [one] } }),
    ...Array.from({ length: 20 }, () => post(app.url, ClusterDocument, { id: clusterId })),
  ]);
  const codes = answers.map(({ errors }) => errors?.[0]?.extensions?.code);
  expect(codes).toEqual(Array(21).fill('UNAVAILABLE'));
  expect(performance.now() - since).toBeLessThan(bound);
  thaw();

  await until(async () => (await fetch(`${app.url}/readyz`)).ok);
  await report(app.url, [one]);
  await fleet.progress(100);
  await fleet.stop();
  expect(fleet.refused).toEqual([]);
  expect((await logged(url)).sort()).toEqual([...fleet.acknowledged, one.id].sort());
  expect(await miscounted(url)).toEqual([]);
  expect((await ok(app.url, ClusterDocument, { id: clusterId })).cluster?.id).toBe(clusterId);
});

test('W5: while a database is frozen, 100 reporters who repeat 8 MiB make a server hold 64 MiB', {
  timeout: 180_000,
}, async () => {
  const { proxied, freeze, thaw } = await own();
  const database = await openDatabase({ url: proxied, dataDir: '', log: quiet });
  onTestFinished(() => database.close());
  const recorder = new Recorder({
    writeStore: createStore({ database, notices: null, log: quiet }),
    announce: () => {},
    fallback: () => {},
    log: quiet,
    eventLog: true,
  });
  // A cluster that there is not: only the way there is tried.
  const update = { id: crypto.randomUUID(), statusDescription: 'x'.repeat(8 * 2 ** 20) };
  const codes: string[] = [];
  let going = true;
  const repeat = async () => {
    while (going) {
      codes.push(await recorder.updateCluster('acme', update).catch(({ code }) => code));
      expect(recorder.bytes).toBeLessThanOrEqual(64 * 2 ** 20);
      await delay(100);
    }
  };
  freeze();
  const reporters = Promise.all(Array.from({ length: 100 }, repeat));
  await until(() => codes.length >= 1_000 && codes.includes('UNAVAILABLE'));
  // Of what is held, and of what there was no room for.
  expect(new Set(codes)).toEqual(new Set(['UNAVAILABLE', 'LIMIT_EXCEEDED']));
  thaw();
  await until(() => codes.includes('NOT_FOUND'));
  going = false;
  await reporters;
  await recorder.close();
  expect(recorder.bytes).toBe(0);
});

test('a frozen database holds up nobody who closes it', async () => {
  const { proxied, freeze } = await own();
  const warn = vi.fn();
  const database = await openDatabase({ url: proxied, dataDir: '', log: { ...quiet, warn } });
  const { pool, writers } = database;
  await Promise.all([pool.query('SELECT 1'), pool.query('SELECT 1'), writers.query('SELECT 1')]);
  freeze();
  const unanswered = pool.query('SELECT 1').catch((error) => error);
  await until(() => pool.idleCount === 1);
  const since = performance.now();
  await database.close();
  // It has 2 s; a statement that is under way has 8.
  expect(performance.now() - since).toBeLessThan(7_000);
  expect(warn).toHaveBeenCalledWith({}, 'the database does not answer: connections to it are given up');
  expect(await unanswered).toBeInstanceOf(Error);
});
