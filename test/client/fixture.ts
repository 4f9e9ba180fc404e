import { onTestFinished } from 'vitest';
import { type Client, createClient, type Following } from '../../src/client/index.js';
import type { Config } from '../../src/config.js';
import { startApp, type TestApp } from '../support/app.js';
import { testDatabase } from '../support/database.js';
import { startIssuer } from '../support/issuer.js';

/** A server that can be stopped and started again at the same address, on the same database. Gone with the test. */
export async function restartable(config: Partial<Config> = {}) {
  const database = await testDatabase();
  let app: TestApp = await startApp({ ...config, databaseUrl: database.url });
  const port = Number(new URL(app.url).port);
  let running = true;
  const stop = async () => {
    if (running) await app.close();
    running = false;
  };
  onTestFinished(async () => {
    await stop();
    await database.close();
  });
  return {
    url: `${app.url}/graphql`,
    databaseUrl: database.url,
    stop,
    start: async () => {
      app = await startApp({ ...config, databaseUrl: database.url, port });
      running = true;
    },
  };
}

/** The same, which takes the tokens of an issuer: of an ADMIN of `default` for five minutes, unless `token` is told otherwise. */
export async function authenticating() {
  const issuer = await startIssuer();
  const server = await restartable({ auth: { mode: 'on', jwt: issuer.options, oidc: null } });
  const token = ({ seconds = 300, ...claims }: { seconds?: number; tenant_id?: string; roles?: string[] } = {}) =>
    issuer.token({ ...claims, exp: Math.floor(Date.now() / 1000) + seconds });
  return { ...server, token };
}

/** A cluster that an operation of one step runs on; the step has begun. */
export async function runningStep(client: Client, total: number) {
  const { id: clusterId } = await client.createCluster({ name: 'demo' });
  const operation = await client.startOperation({
    clusterId,
    type: 'CREATING',
    steps: [{ stepName: 'Waiting', total }],
  });
  const step = operation?.steps[0];
  if (!step) throw new Error('expected an operation with a step');
  await client.startStep({ stepId: step.id });
  return { clusterId, operationId: step.operationId, stepId: step.id };
}

/** Reports that so many instances, numbered from `from`, succeeded. Answers the ids of the events. */
export async function reportInstances(client: Client, stepId: string, from: number, count: number): Promise<string[]> {
  const events = Array.from({ length: count }, (_, index) => ({
    id: crypto.randomUUID(),
    stepId,
    successful: true,
    instanceId: `instance-${from + index}`,
  }));
  await client.reportEvents({ events });
  return events.map(({ id }) => id);
}

/** A follower that ends with the test. */
export function ending<Item>(following: Following<Item>): Following<Item> {
  onTestFinished(async () => void (await following.return()));
  return following;
}

/** Takes items until one is the last wanted; answers all of them. */
export async function takeUntil<Item>(following: Following<Item>, isLast: (item: Item) => boolean): Promise<Item[]> {
  const items: Item[] = [];
  for (;;) {
    const { done, value } = await following.next();
    if (done) throw new Error(`the iteration ended after ${items.length} items`);
    items.push(value);
    if (isLast(value)) return items;
  }
}

/** Resolves once the follower's state is the one named. */
export function untilStatus(
  following: Following<unknown>,
  status: Following<unknown>['state']['status'],
): Promise<void> {
  return new Promise((resolve) => {
    if (following.state.status === status) return resolve();
    const off = following.onState((state) => {
      if (state.status !== status) return;
      off();
      resolve();
    });
  });
}

export { createClient };
