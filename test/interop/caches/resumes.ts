import { describe, expect, onTestFinished, test } from 'vitest';
import { rows } from '../../reliability/recount.js';
import { serve } from '../../reliability/serve.js';
import { verbs } from '../../rules/fixture.js';
import { createCluster, event, report, startOperation } from '../../support/api.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';
import { eventually } from '../../support/wait.js';
import { openPages, snapshots } from './application.js';
import type { OpenClient } from './caching-client.js';
import { allowNoComplaints } from './complaints.js';

/** What docs/protocol.md promises of subscriptions that are interrupted. */
export function resumes(name: string, openClient: OpenClient): void {
  allowNoComplaints();

  /** A cluster that is followed, with an operation of two steps. */
  async function followed() {
    const database = await temporary();
    const server = await serve({ DATABASE_URL: database.url });
    const { url } = server;
    const { id } = await createCluster(url, { name: 'followed' });
    const { application } = await openPages(openClient, url, { id });
    void application.follow('live', { id });
    const plan = ['Launching instances', 'Waiting for ssh'].map((stepName) => ({ stepName, total: 2 }));
    const { id: operationId, steps } = await startOperation(url, id, plan);
    await application.isRight();
    const reportOne = (successful: boolean) => report(url, [event(steps[0]?.id ?? '', { successful })]);
    /** Again at the same address. */
    const restart = ({ url: DATABASE_URL }: TestDatabase) => serve({ DATABASE_URL, PORT: new URL(url).port });
    return { database, server, url, application, id, operationId, reportOne, restart };
  }

  describe(`W2: ${name} resumes`, { timeout: 240_000 }, () => {
    test('from its last cursor, after its connection was cut', async () => {
      const { url, application, id, operationId, reportOne } = await followed();
      const act = verbs(() => url);
      const before = application.messages.length;
      application.connections.die();
      await reportOne(true);
      await act.addStep(operationId, { stepName: 'Formatting' });
      await act.finishOperation({ operationId, successful: false, reason: 'no quota' });
      await startOperation(url, id, ['Launching instances']);
      application.connections.revive();
      await application.isRight();
      const [first, ...later] = snapshots(application.messages);
      expect([first, ...new Set(later)]).toEqual([true, false]);
      expect(later.length).toBeGreaterThanOrEqual(before);
    });

    test('after its server was killed; and from a snapshot, once the database was restored from a copy', async () => {
      const { database, server, url, application, id, reportOne, restart } = await followed();
      const { messages } = application;
      await server.end('SIGKILL');
      const copy = await temporary(database);
      const second = await restart(database);
      await reportOne(true);
      await startOperation(url, id, ['Resizing'], 'SCALING', { supersede: true });
      await application.isRight();
      expect(snapshots(messages).lastIndexOf(true)).toBe(0);
      await second.end('SIGKILL');
      await rows(copy.url, renewEpoch);
      await restart(copy);
      await reportOne(false);
      await application.isRight();
      expect(snapshots(messages).lastIndexOf(true)).toBeGreaterThan(0);
    });

    test('W1: from a snapshot, when its subscription ends because the database is another', async () => {
      const { database, application, reportOne } = await followed();
      const { messages } = application;
      await rows(database.url, renewEpoch);
      await rows(database.url, endListeners);
      await reportOne(true);
      await eventually(() => expect(snapshots(messages).lastIndexOf(true)).toBeGreaterThan(0));
      await reportOne(false);
      await application.isRight();
    });
  });
}

const renewEpoch = 'UPDATE database_epoch SET id = gen_random_uuid()';
const endListeners = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND query LIKE 'LISTEN %'`;

/** A database, or a copy of one to which nobody is connected; gone with the test. */
async function temporary(copyOf?: TestDatabase): Promise<TestDatabase> {
  const database = await testDatabase(copyOf && { copyOf });
  onTestFinished(() => database.close());
  return database;
}
