import { beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type ErrorCode, ReportEventsDocument } from '../../src/generated/client.js';
import { Ended, event, ok, post, postBySocket, report } from '../support/api.js';
import { dump } from '../support/tables.js';
import { type Attack, aliases, mutations, queries, type Target, target } from './attacks.js';
import { server } from './fixture.js';

const on = server();
let it: Target;
beforeAll(async () => {
  it = await target(on);
  // O7: a call that is refused is a sign of life as well, which is stored when none was for a while. Here one always was.
  await on.rows(`UPDATE cluster_operation SET last_report_at = now() + interval '1 hour'`);
});

/** The attack is refused as it should be, nothing is written, and the server goes on. */
async function withstand(send: typeof post, { query, variables, code, says }: Attack) {
  const before = await dump(on.app.databaseUrl);
  const { errors } = await send(on.url, query, variables);
  expect(errors).toHaveLength(1);
  expect(errors?.[0]?.extensions?.code).toBe(code);
  if (typeof says === 'string') expect(errors?.[0]?.message).toBe(says);
  else expect(errors?.[0]?.message).toMatch(says);
  expect(await dump(on.app.databaseUrl)).toEqual(before);
  await ok(on.url, '{ viewer { tenantId } }');
}

const nowhere: Target = { clusterId: '', operationId: '', stepId: '' };
const transports = [
  ['over HTTP', post],
  ['over the socket', postBySocket],
] as const;

describe.each(transports)('bad input %s', (_, send) => {
  // The titles are known before there is anything to attack.
  test.each(mutations(nowhere).map(({ title }, index) => [title, index] as const))('%s', async (_, index) => {
    await withstand(send as typeof post, mutations(it)[index] as Attack);
  });
  test.each(queries(nowhere).map(({ title }, index) => [title, index] as const))('%s', async (_, index) => {
    await withstand(send as typeof post, queries(it)[index] as Attack);
  });

  test('E3: of events that are wrong, each is told why', async () => {
    const before = await dump(on.app.databaseUrl);
    const good = event(it.stepId);
    const told: [object, ErrorCode, string][] = [
      [{ id: 'a' }, 'BAD_USER_INPUT', 'expected id to be a UUID, got "a"'],
      [{ id: '' }, 'BAD_USER_INPUT', 'expected id to be a UUID, got ""'],
      [{ id: '\0' }, 'BAD_USER_INPUT', 'expected id to be a UUID, got "\\u0000"'],
      [{ stepId: 'a' }, 'BAD_USER_INPUT', 'expected stepId to be a UUID, got "a"'],
      [{ stepId: good.id }, 'NOT_FOUND', `expected the id of a step, got "${good.id}", which names none`],
      ...['nodeGroupId', 'instanceId', 'instanceName'].map((field): [object, ErrorCode, string] => [
        { [field]: 'x'.repeat(256) },
        'BAD_USER_INPUT',
        `expected ${field} of at most 255 characters, got 256`,
      ]),
    ];
    const input = { events: told.map(([wrong]) => ({ ...good, ...wrong })) };
    const { data } = await send(on.url, ReportEventsDocument, { input });
    expect(data?.reportEvents?.results.map(({ code, reason }) => [code, reason])).toEqual(
      told.map(([, code, reason]) => [code, reason]),
    );
    expect(await dump(on.app.databaseUrl)).toEqual(before);
  });

  test('what names nothing is nothing, whatever its characters', async () => {
    const query = `query ($id: ID!, $text: String!) {
      cluster(id: $id) { id }
      plugin(name: $text) { name }
      eventsByErrorId(errorId: $text) { id }
      clusters(filter: { name: $text, status: [$text] }) { nodes { id } }
    }`;
    for (const text of ['', '\0', '\ud800', '%', "'; DROP TABLE cluster; --", 'x'.repeat(10_000)]) {
      const { errors, data } = await send(on.url, query, { id: text, text });
      expect(errors).toBeUndefined();
      expect(data).toMatchObject({ cluster: null, plugin: null, eventsByErrorId: [] });
    }
  });

  test('fifty root fields are answered', async () => {
    const { data } = await send<Record<string, string>, object>(on.url, `{ ${aliases(50)} }`);
    expect(Object.keys(data ?? {})).toHaveLength(50);
  });
});

describe('bad input that subscribes', () => {
  const refused = async (field: string, args: string) => {
    const { errors } = await postBySocket(
      on.url,
      `subscription { ${field}(clusterId: "${it.clusterId}", ${args}) { __typename } }`,
    );
    return errors?.map(({ message, extensions }) => `${extensions?.code}: ${message}`);
  };
  test.each([
    ['clusterProgress', 'after: 1.5', 'BAD_USER_INPUT: String cannot represent a non string value: 1.5'],
    [
      'clusterProgress',
      'after: "1"',
      'BAD_USER_INPUT: expected after to be a cursor of messages of clusterProgress, got "1"',
    ],
    ['clusterEvents', 'after: "x"', 'BAD_USER_INPUT: expected after to be a cursor of a list of events, got "x"'],
    ['clusterEvents', 'stepId: "x"', 'NOT_FOUND: expected the id of a step of the cluster, got "x", which names none'],
    ['clusterEvents', 'successful: 1', 'BAD_USER_INPUT: Boolean cannot represent a non boolean value: 1'],
  ])('%s of %s', async (field, args, says) => {
    expect(await refused(field, args)).toEqual([says]);
  });
});

describe('bad input that is large, or no GraphQL at all', () => {
  const large = (bytes: number) => ({
    input: { events: [event(it.stepId, { successful: false, eventInfo: 'x'.repeat(bytes) })] },
  });

  test('10 MiB of eventInfo is refused over HTTP, 1 MiB is cut', async () => {
    const before = await dump(on.app.databaseUrl);
    const { errors } = await post(on.url, ReportEventsDocument, large(10 << 20));
    expect(errors).toMatchObject([{ extensions: { code: 'LIMIT_EXCEEDED' } }]);
    expect(errors?.[0]?.message).toMatch(/^expected a body of at most 8388608 bytes, got 1048\d{4}$/);
    expect(await dump(on.app.databaseUrl)).toEqual(before);
    const { results } = await report(on.url, large(1 << 20).input.events);
    expect(results).toMatchObject([{ outcome: 'RECORDED' }]);
    const failures = await on.events(it.clusterId, { successful: false });
    expect(failures.at(-1)?.eventInfo).toMatch(/^x{16337}… \[1048576 bytes, the middle is left out\] …x{49152}$/);
  });

  test('a frame of more than 64 KiB closes its socket', async () => {
    const before = await dump(on.app.databaseUrl);
    const sent = postBySocket(on.url, ReportEventsDocument, large(10 << 20));
    await expect(sent).rejects.toMatchObject(new Ended(undefined, 1009));
    expect(await dump(on.app.databaseUrl)).toEqual(before);
    await ok(on.url, '{ viewer { tenantId } }');
  });

  test.each(['', '{', 'null', '[]', '"query"', '{"query":7}', '{"query":"{viewer{tenantId}}","variables":[1]}'])(
    'a body of %j is refused',
    async (body) => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${on.url}/graphql`, { method: 'POST', headers, body });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    },
  );

  test.each(['{', 'null', '[]', '{"type":"unknown"}', '{"type":"subscribe"}', '\0'])(
    'a frame of %j closes its socket, with a code of the protocol',
    async (frame) => {
      const ws = new WebSocket(`${on.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
      ws.on('open', () => ws.send(frame));
      expect(await new Promise((resolve) => ws.on('close', resolve))).toBe(4400);
      await ok(on.url, '{ viewer { tenantId } }');
    },
  );
});
