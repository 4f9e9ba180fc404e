import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { start } from '../../reliability/serve.js';
import { verbs } from '../../rules/fixture.js';
import { createCluster, event, ok, report, startOperation } from '../../support/api.js';
import { testDatabase } from '../../support/database.js';
import { eventually } from '../../support/wait.js';
import { openApplication, openPages } from './application.js';
import type { OpenClient } from './caching-client.js';
import { allowNoComplaints } from './complaints.js';

/** What a client does with a view that selects of a new step what its subscription does not. */
export type Missing = 'asks again' | 'misses it';

/** What docs/protocol.md promises of normalised caches. */
export function staysRight(name: string, openClient: OpenClient, missing: Missing): void {
  allowNoComplaints();
  let url: string;
  const ends: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    const database = await testDatabase();
    ends.push(database.close);
    ({ url } = await start({ DATABASE_URL: database.url }, (end) => ends.unshift(end)));
  });
  afterAll(async () => {
    for (const end of ends) await end();
  });
  const act = verbs(() => url);
  const started = (id: string, ...names: string[]) =>
    startOperation(
      url,
      id,
      names.map((stepName) => ({ stepName, total: 2 })),
    );
  const followed = async () => {
    const { id } = await createCluster(url, { name: 'followed' });
    const pages = await openPages(openClient, url, { id });
    return { ...pages, id, ended: pages.application.follow('live', { id }) };
  };

  describe(`W1: ${name} shows what is reported, by the documented selection and without code`, () => {
    test('counters, states and failures of steps, and statuses', async () => {
      const { application, id } = await followed();
      await application.isRight();
      const { requests } = application;
      const { id: operationId, steps } = await started(id, 'Launching instances', 'Waiting for ssh');
      await application.isRight();
      const [first = '', second = ''] = steps.map((step) => step.id);
      const reports = [
        [first, 'i-1', true],
        [first, 'i-2', false],
        [first, 'i-2', true],
        [second, 'i-1', true],
        [second, 'i-2', false],
      ] as const;
      for (const [stepId, instanceId, successful] of reports) {
        await report(url, [event(stepId, { instanceId, successful })]);
        await application.isRight();
      }
      await ok(url, updateCluster, { input: { id, status: 'Error', statusDescription: 'no route to i-2' } });
      await application.isRight();
      await act.finishOperation({ operationId, successful: false, reason: 'no route to i-2' });
      await application.isRight();
      expect(application.requests).toBe(requests);
    });

    test('steps that are added, and operations that follow, take over, and are cancelled', async () => {
      const { application, id } = await followed();
      const { requests } = application;
      const { id: operationId, steps } = await started(id, 'Configuring', 'Starting');
      await application.isRight();
      await act.addStep(operationId, { stepName: 'Formatting', afterStepId: steps[0]?.id ?? '' });
      await application.isRight();
      await act.startStep(steps[0]?.id ?? '');
      await application.isRight();
      const next = await startOperation(url, id, ['Resizing'], 'SCALING', { supersede: true });
      await application.isRight();
      await act.addStep(next.id, { stepName: 'Rebalancing' });
      await application.isRight();
      await act.cancelOperation({ operationId: next.id, reason: 'not wanted' });
      await application.isRight();
      await started(id);
      await application.isRight();
      expect(application.requests).toBe(requests);
    });

    test('W7: the deletion of the cluster, with what it ended', async () => {
      const { application, id, list, page, ended } = await followed();
      await started(id, 'Launching instances');
      await application.isRight();
      await act.deleteCluster(id);
      await ended;
      const deletedAt = expect.any(String);
      const lastOperation = { state: 'INTERRUPTED', steps: [{ state: 'SKIPPED' }] };
      await eventually(() => expect(page.data).toMatchObject({ cluster: { deletedAt, lastOperation } }));
      const line = expect.objectContaining({ id, deletedAt, currentOperation: null });
      expect(list.data).toMatchObject({ clusters: { nodes: expect.arrayContaining([line]) } });
    });

    test('the clusters of a list, by clusterChanges', async () => {
      const clusters = [await createCluster(url), await createCluster(url)];
      const application = await openApplication(openClient, url);
      await application.show('list');
      const { requests } = application;
      void application.follow('changes', {});
      await eventually(() => expect(application.messages).toHaveLength(1));
      for (const { id } of clusters) {
        await started(id, 'Launching instances');
        await ok(url, updateCluster, { input: { id, status: 'Starting' } });
      }
      await application.isRight();
      expect(application.requests).toBe(requests);
    });

    test('what a mutation answers, if that selects what the views show', async () => {
      const cluster = await createCluster(url);
      const { id: operationId } = await started(cluster.id, 'Launching instances', 'Waiting for ssh');
      const { application } = await openPages(openClient, url, cluster);
      await application.mutate('cancel', { input: { operationId, reason: 'not wanted' } });
      await application.isRight();
      expect(application.messages).toEqual([]);
    });

    test('what has the id of something else, but is not that: results of reports, the answer of a deletion', async () => {
      const cluster = await createCluster(url);
      const { steps } = await started(cluster.id, 'Launching instances');
      const [stepId = ''] = steps.map((step) => step.id);
      const failure = event(stepId, { successful: false, eventInfo: 'no quota' });
      await report(url, [failure]);
      const { application, page } = await openPages(openClient, url, cluster);
      await application.show('step', { id: stepId });
      await application.mutate('report', { input: { events: [failure] } });
      await application.isRight();
      const { data } = page;
      await application.mutate('remove', { input: { id: cluster.id } });
      expect([page.data, page.wasIncomplete]).toEqual([data, false]);
    });

    test('pages of a step’s units and events, which stay as they were loaded', async () => {
      const { application, id } = await followed();
      const { steps } = await started(id, 'Launching instances');
      await application.isRight();
      const [stepId = ''] = steps.map((step) => step.id);
      await report(url, [event(stepId, { instanceId: 'i-1', successful: false, eventInfo: 'no quota' })]);
      await application.isRight();
      const view = await application.watch('step', { id: stepId });
      const { units, events } = (view.data as { node: { units: object; events: object } }).node;
      void application.follow('log', { id, last: 1 });
      await report(url, [event(stepId, { instanceId: 'i-2' })]);
      await application.isRight();
      await eventually(() => expect(view.data).toMatchObject({ node: { completed: 1, failed: 1, units, events } }));
      expect(view.wasIncomplete).toBe(false);
    });

    test(`what a view selects beyond it: ${name} ${missing}`, async () => {
      const { application, id } = await followed();
      const { id: operationId } = await started(id, 'Launching instances');
      await application.isRight();
      const view = await application.watch('sources', { id });
      const { requests } = application;
      await act.addStep(operationId, { stepName: 'Formatting', source: 'disks' });
      const source = { cluster: { provisioningProgress: [{ source: 'infra' }, { source: 'disks' }] } };
      if (missing === 'asks again') await eventually(() => expect(view.data).toMatchObject(source));
      else await eventually(() => expect(view.wasIncomplete).toBe(true));
      expect(application.requests).toBe(requests + (missing === 'asks again' ? 1 : 0));
    });
  });
}

const updateCluster = 'mutation ($input: UpdateClusterInput!) { updateCluster(input: $input) { cluster { id } } }';
