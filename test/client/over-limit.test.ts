import { expect, onTestFinished, test } from 'vitest';
import { local } from '../../src/auth/everybody.js';
import { createClient, StepcastError } from '../../src/client/index.js';
import { repetition } from '../../src/client/retry.js';
import { readConfig } from '../../src/config.js';
import { ClusterProgressDocument } from '../../src/generated/client.js';
import { createPrepareOperation, isErrors } from '../../src/graphql/prepare.js';
import { loadSchema } from '../../src/graphql/schema.js';
import type { LimitSettings } from '../../src/limits/limits.js';
import { startApp } from '../support/app.js';
import { until } from '../support/wait.js';
import { ending, untilStatus } from './fixture.js';

async function limited(over: Partial<LimitSettings>) {
  const app = await startApp({ limits: { ...readConfig({}).limits, ...over } });
  onTestFinished(() => app.close());
  return { ...app, client: createClient({ url: `${app.url}/graphql` }) };
}

test('what was too much for the moment is sent again, what is too much by itself is not', () => {
  const error = (retryable?: boolean) =>
    new StepcastError('LIMIT_EXCEEDED', 'no', retryable === undefined ? {} : { retryable });
  expect([error(true), error(false), error()].map(repetition)).toEqual(['unlimited', 'none', 'none']);
});

test('E7: a reporter that is over its rate waits, and every report arrives once', async () => {
  const { client } = await limited({ requestsPerSecond: 5 });
  const { id: clusterId } = await client.createCluster({ name: 'demo' });
  const problems: string[] = [];
  const reporter = client.reporter({ onProblem: ({ message }) => problems.push(message) });
  // The same caller, more often than the server takes.
  const asks = Array.from({ length: 40 }, () => client.cluster(clusterId).catch(({ code }) => code));
  await reporter.operation({ clusterId, type: 'CREATING', steps: [{ stepName: 'launch' }] }, (operation) =>
    operation.step('launch', { total: 40 }, async (step) => {
      for (let unit = 0; unit < 40; unit++) await step.unit({ instanceId: `${unit}` }, async () => {});
    }),
  );
  expect(await Promise.all(asks)).toContain('LIMIT_EXCEEDED');
  expect(await reporter.flush(120_000)).toBe(0);
  expect(problems).toEqual([]);
  const cluster = await until(() => client.cluster(clusterId).catch(() => null));
  expect(cluster.provisioningProgress).toMatchObject([{ state: 'SUCCEEDED', completed: 40, failed: 0 }]);
});

test('a follower for which there is no room yet waits for it', async () => {
  const message = createPrepareOperation(loadSchema())(
    {
      query: ClusterProgressDocument.toString(),
      variables: { clusterId: 'any', estimates: true },
    },
    local.caller,
  );
  if (isErrors(message)) throw message;
  const { client, url } = await limited({ subscribedNodes: 1.5 * message.cost.nodes });
  const other = createClient({ url: `${url}/graphql` });
  const { id: clusterId } = await client.createCluster({ name: 'demo' });
  const first = ending(client.followProgress({ clusterId }));
  await first.next();
  const second = ending(other.followProgress({ clusterId }));
  let served = false;
  const waiting = second.next().then(() => {
    served = true;
  });
  await untilStatus(second, 'catching-up');
  expect(served).toBe(false);
  await first.return();
  await waiting;
  expect(served).toBe(true);
});
