import { expect, onTestFinished, test } from 'vitest';
import { Recorder } from '../../src/domain/record.js';
import { type Database, openDatabase } from '../../src/storage/database.js';
import { createStore } from '../../src/storage/store/store.js';
import { present } from '../rules/fixture.js';
import { quiet, testDatabase } from '../support/database.js';
import { ask } from '../support/embedded.js';
import { tenant } from './fixture.js';

/** A server's write and read side. */
function serverOn(database: Database) {
  const store = createStore({ database, notices: null, log: quiet });
  const recorder = new Recorder({
    writeStore: store,
    announce: () => {},
    fallback: () => {},
    log: quiet,
    eventLog: true,
  });
  return { store, recorder };
}

type Server = ReturnType<typeof serverOn>;

async function own() {
  const { url, close } = await testDatabase();
  onTestFinished(close);
  const open = async (parameters = '') => {
    const database = await openDatabase({ url: url + parameters, dataDir: '', log: quiet });
    onTestFinished(() => database.close());
    return serverOn(database);
  };
  return { url, open };
}

/** Does whatever reports and reads. */
async function exercise({ store, recorder }: Server, tenantId: string) {
  await recorder.registerPlugin(tenantId, {
    name: 'plugin',
    provisioningSteps: { creating: [], scaling: [], deleting: [] },
  });
  const { id } = await recorder.createCluster(tenantId, { name: 'one', pluginName: 'plugin' });
  const steps = [{ stepName: 'first', total: 2 }, { stepName: 'second' }];
  const operation = await recorder.startOperation(tenantId, { clusterId: id, type: 'CREATING', steps });
  const operationId = operation?.id ?? '';
  const [planned] = await store.stepsOfOperations(tenantId, [operationId]);
  const step = present(planned?.[0]);
  const event = { id: crypto.randomUUID(), stepId: step.id, instanceId: 'a', errorId: crypto.randomUUID() };
  await recorder.reportEvents(tenantId, { events: [{ ...event, successful: false, eventInfo: 'in vain' }] });
  const log = { clusterId: id };
  const texts = { page: 1_000, all: 1_000 };
  return Promise.all([
    store.clusters(tenantId, [id]),
    store.clustersEvenDeleted(tenantId, [id]),
    store.clusterPage(tenantId, { running: true, name: 'one' }, { first: 10 }),
    store.operations(tenantId, [operationId]),
    store.newestOperations(tenantId, [id]),
    store.operationPages(tenantId, [id], { first: 10 }),
    store.steps(tenantId, [step.id]),
    store.stepsOfClusters(tenantId, [id]),
    store.currentSteps(tenantId, [id]),
    store.eventPage(tenantId, log, { first: 10 }),
    store.eventPage(tenantId, { ...log, stepId: step.id }, { first: 10, bytes: 1_000 }),
    store.eventPages(tenantId, [log], { first: 10, texts }),
    store.eventPages(tenantId, [{ ...log, stepId: step.id }], { first: 10, texts: null }),
    store.eventsByErrorId(tenantId, event.errorId, 9, texts),
    store.plugins(tenantId),
    store.clusterState(tenantId, id, 10),
    store.revisions([{ tenantId, id }]),
    store.revisionsOf([tenantId]),
    store.due(10),
    store.runningOperations(10),
    store.eraseRedundant(0, 10),
    store.eraseExpired(0, 10),
  ]);
}

test("a newer server's migration adds columns: an older one goes on reporting and reading, without an error", async () => {
  const { url, open } = await own();
  const server = await open();
  // As often as there are connections, so that every statement is prepared on some.
  for (let time = 0; time < 3; time++) await exercise(server, tenant());
  const tables = [
    'cluster',
    'cluster_operation',
    'cluster_provision_step',
    'cluster_event',
    'step_unit',
    'plugin',
    'step_run',
  ];
  for (const table of tables)
    await ask(url, `ALTER TABLE ${table} ADD COLUMN added text DEFAULT 'of a version to come'`);
  for (let time = 0; time < 3; time++) await exercise(server, tenant());
});

test.each(['repeatable read', 'serializable'])(
  'servers whose sessions are %s by default, in the URL and of the role, do not clash on one cluster',
  async (level) => {
    const { url, open } = await own();
    const name = new URL(url).pathname.slice(1);
    await ask(url, `ALTER ROLE CURRENT_USER IN DATABASE ${name} SET default_transaction_isolation = '${level}'`);
    const options = encodeURIComponent(`-c default_transaction_isolation=${level.replace(' ', '\\ ')}`);
    const servers = [await open(), await open(`${url.includes('?') ? '&' : '?'}options=${options}`)];
    const tenantId = tenant();
    const { id } = await (servers[0] as Server).recorder.createCluster(tenantId, { name: 'one' });
    for (let round = 0; round < 20; round++) {
      const updates = servers.flatMap(({ recorder, store }) => [
        ...['a', 'b', 'c'].map((status) => recorder.updateCluster(tenantId, { id, status })),
        store.clusterState(tenantId, id, 10),
        store.eraseRedundant(0, 10),
        store.due(10),
        store.runningOperations(10),
      ]);
      await Promise.all(updates);
    }
    const [cluster] = await (servers[1] as Server).store.clusters(tenantId, [id]);
    expect(cluster?.revision).toBeGreaterThanOrEqual(40);
    for (const server of servers) await exercise(server, tenant());
  },
);
