import { expect, test } from 'vitest';
import type { StepcastError } from '../../src/client/index.js';
import { pause } from '../../src/client/retry.js';
import { createClient, restartable } from './fixture.js';
import { relay } from './relay.js';

interface Refusal {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const refusals: [string, Refusal][] = [
  ['a page of a bad gateway', { status: 502, type: 'text/html', body: '<html>502 Bad Gateway</html>' }],
  ['a page of a portal to log in', { status: 200, type: 'text/html', body: '<html>Please log in</html>' }],
  ['a firewall that forbids', { status: 403, type: 'application/json', body: '{"message":"Forbidden"}' }],
  ['a route that is not there yet', { status: 404, type: 'text/plain', body: 'default backend - 404' }],
  ['nothing', { status: 200, type: 'application/json', body: '' }],
  ['null', { status: 200, type: 'application/json', body: 'null' }],
  ['errors without any', { status: 200, type: 'application/json', body: '{"errors":[]}' }],
];

test.each(refusals)(
  'E7: where a proxy answers with %s, what is reported is kept until the server does',
  async (_, { status, type, body }) => {
    const server = await restartable();
    const direct = createClient({ url: server.url });
    const { id: clusterId } = await direct.createCluster({ name: 'demo' });
    const between = await relay(server.url, () => ({ status, headers: { 'content-type': type }, body }));
    const client = createClient({ url: between.url });
    await expect(client.plugins()).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      retryable: true,
      message: expect.stringContaining(`got status ${status}`),
    });

    const problems: Error[] = [];
    const reporter = client.reporter({ onProblem: (problem) => problems.push(problem) });
    await reporter.operation({ clusterId, type: 'CREATING', steps: [{ stepName: 'one' }] }, (operation) =>
      operation.step('one', { total: 1 }, (step) => step.unit({ instanceId: 'a' }, async () => {})),
    );
    await between.untilSeen(3);
    between.fate = () => 'pass';
    expect(await reporter.flush(60_000)).toBe(0);
    expect((await direct.cluster(clusterId))?.provisioningProgress).toMatchObject([{ state: 'SUCCEEDED' }]);
    expect(problems).toEqual([]);
  },
);

/** What a server or proxy says that wants to be asked later. */
const refusal = (code: string, message: string) => JSON.stringify({ errors: [{ message, extensions: { code } }] });

/** A reporter that is refused until it is let through, one report waiting; how long it is told to wait, it tells. */
async function refused(status: number, headers: Record<string, string>, body: string) {
  const server = await restartable();
  const direct = createClient({ url: server.url });
  const { id: clusterId } = await direct.createCluster({ name: 'demo' });
  const between = await relay(server.url, () => ({ status, headers, body }));
  const error: StepcastError = await createClient({ url: between.url })
    .plugins()
    .catch((thrown) => thrown);
  return { direct, clusterId, between, error };
}

test.each([
  [429, 'text/plain', 'Too many requests'],
  [503, 'application/json', refusal('UNAVAILABLE', 'requests of 64 MiB are being handled')],
])(
  'a status of %i with `retry-after` is waited for as long as it says, and what is reported arrives',
  async (status, type, body) => {
    const { direct, clusterId, between, error } = await refused(
      status,
      { 'content-type': type, 'retry-after': '7' },
      body,
    );
    expect(error).toMatchObject({ code: 'UNAVAILABLE', retryable: true, retryAfter: 7000 });
    expect(pause(0, error)).toBeGreaterThanOrEqual(7000);

    between.fate = ({ times }) => (times === 1 ? { status, headers: { 'retry-after': '1' }, body } : 'pass');
    const reporter = createClient({ url: between.url }).reporter();
    await reporter.operation({ clusterId, type: 'CREATING', steps: [] }, async () => {});
    expect(await reporter.flush(60_000)).toBe(0);
    expect((await direct.operations({ clusterId })).nodes).toMatchObject([{ state: 'SUCCEEDED' }]);
  },
);

test.each([
  ['Tue, 01 Dec 2026 12:00:09 GMT', 9_000],
  ['Tue, 01 Dec 2026 11:00:00 GMT', 0],
  ['86400', 300_000],
  ['soon', undefined],
])('`retry-after: %s` is understood by the clock of who answers, within bounds', async (value, wanted) => {
  const headers = { date: 'Tue, 01 Dec 2026 12:00:00 GMT', 'retry-after': value };
  expect((await refused(503, headers, '')).error.retryAfter).toBe(wanted);
});

test('E7: where a proxy takes no large requests (413), reports are sent by halves; one that is too large alone is told', async () => {
  const server = await restartable();
  const direct = createClient({ url: server.url });
  const { id: clusterId } = await direct.createCluster({ name: 'demo' });
  const tooLarge = {
    status: 413,
    headers: { 'content-type': 'text/html' },
    body: '<html>413 Request Entity Too Large</html>',
  };
  const between = await relay(server.url, ({ input }) => (JSON.stringify(input).length > 10_000 ? tooLarge : 'pass'));
  const problems: string[] = [];
  const reporter = createClient({ url: between.url }).reporter({ onProblem: ({ message }) => problems.push(message) });
  await reporter.operation({ clusterId, type: 'CREATING', steps: [{ stepName: 'large' }] }, (operation) =>
    operation.step('large', { total: 151 }, async (step) => {
      for (let unit = 0; unit < 150; unit++) await step.unit({ instanceId: `${unit}` }, async () => {});
      await step.unit({ instanceId: '150' }, () => Promise.reject(new Error('x'.repeat(20_000)))).catch(() => {});
    }),
  );
  expect(await reporter.flush(60_000)).toBe(0);
  expect((await direct.cluster(clusterId))?.provisioningProgress).toMatchObject([
    { state: 'FAILED', completed: 150, failed: 1 },
  ]);
  const { nodes } = await direct.events({ clusterId, filter: { successful: false } });
  expect(nodes).toMatchObject([{ eventInfo: expect.stringMatching(/^1 report was not recorded: .* got status 413/) }]);
  expect(problems).toMatchObject([expect.stringContaining('413 Request Entity Too Large')]);
});
