import { expect, onTestFinished, test } from 'vitest';
import { createApp } from '../../src/app.js';
import { readConfig } from '../../src/config.js';
import { createLog } from '../../src/log.js';
import { post } from '../graphql/ask.js';
import { Raw } from '../reliability/raw.js';
import { present } from '../rules/fixture.js';
import { testDatabase } from '../support/database.js';
import { testFolder } from '../support/embedded.js';
import { eventually } from '../support/wait.js';

/** A server that takes the token of its data directory, and logs everything. */
async function serving() {
  const database = await testDatabase();
  const lines: string[] = [];
  const log = createLog('debug', { write: (line) => void lines.push(line) });
  const env = { PORT: '0', DATABASE_URL: database.url, STEPCAST_DATA_DIR: await testFolder() };
  const app = await createApp(readConfig(env), log);
  onTestFinished(async () => {
    await app.close();
    await database.close();
  });
  return { app, token: present(app.token), databaseUrl: database.url, lines };
}

const entries = (lines: readonly string[]) => lines.map((line) => JSON.parse(line) as Record<string, unknown>);

const headers = (token: string, more: Record<string, string> = {}) => ({
  'content-type': 'application/json',
  authorization: `Bearer ${token}`,
  ...more,
});

test('a request is found in the log by the id that its answer has, with whose it was and what it asked', async () => {
  const { app, token, lines } = await serving();
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: headers(token, { 'x-request-id': 'proxy-7' }),
    body: JSON.stringify({
      query: 'query Who { viewer { tenantId } me: viewer { roles } nothing: cluster(id: "x") { id } }',
    }),
  });
  expect(response.headers.get('x-request-id')).toBe('proxy-7');
  await eventually(() => {
    const found = entries(lines).filter(({ requestId }) => requestId === 'proxy-7');
    const asking = { transport: 'http', tenantId: 'default', caller: 'local', level: 20 };
    expect(found).toMatchObject([
      {
        ...asking,
        type: 'query',
        operationName: 'Who',
        rootFields: ['viewer', 'cluster'],
        codes: [],
        msg: 'an operation was answered',
      },
      { ...asking, method: 'POST', route: '/graphql', status: 200, code: null, msg: 'answered' },
    ]);
  });
});

test.each([
  [{ 'x-request-id': 'a'.repeat(129) }, /^[\da-f]{32}$/],
  [{ 'x-request-id': 'forged" id' }, /^[\da-f]{32}$/],
  [{ traceparent: `00-${'4b'.repeat(16)}-00000000000000ab-01` }, /^(4b){16}$/],
  [{ traceparent: `00-${'00'.repeat(16)}-00000000000000ab-01` }, /^[\da-f]{32}$/],
  [{ traceparent: 'x' }, /^[\da-f]{32}$/],
])('of a request with %j the id is as %s', async (given, expected) => {
  const { app } = await serving();
  const response = await fetch(`${app.url}/livez`, { headers: given as Record<string, string> });
  expect(response.headers.get('x-request-id')).toMatch(expected);
});

test('a refusal is in the log with its code, and who was refused is nobody', async () => {
  const { app, lines } = await serving();
  const { status } = await post(app.url, { query: '{ viewer { tenantId } }' });
  expect(status).toBe(401);
  await eventually(() => {
    const found = entries(lines).find(({ msg }) => msg === 'answered');
    expect(found).toMatchObject({ status: 401, code: 'UNAUTHENTICATED', route: '/graphql' });
    expect(found).not.toHaveProperty('caller');
  });
});

test('no token and no password is in any line of a session, wherever callers put them', async () => {
  const { app, token, databaseUrl, lines } = await serving();
  const key = `stc_${'k'.repeat(16)}_${'s'.repeat(43)}_abcdef`;
  const jwt = `eyJ${'h'.repeat(20)}.${'p'.repeat(40)}.${'s'.repeat(43)}`;
  const password = 'pass-word-1';
  const secrets = [token, key, jwt, password];
  await post(app.url, { query: '{ viewer { tenantId } }' }, headers(token));
  for (const secret of secrets) {
    await post(app.url, { query: '{ viewer { tenantId } }' }, headers(secret));
    await fetch(`${app.url}/graphql?token=${secret}&query={viewer{tenantId}}`);
    const name = `q${secret.replace(/\W/g, '_')}`;
    await post(
      app.url,
      { query: `query ${name} { viewer { tenantId } }`, operationName: `Bearer ${secret}` },
      headers(token),
    );
  }
  const raw = await Raw.open(app.url, `Bearer ${token}`);
  raw.subscribe('1', '{ viewer { tenantId } }');
  await raw.find(({ id, type }) => id === '1' && type === 'complete');
  const log = createLog('debug', { write: (line) => void lines.push(line) });
  log.error({ err: new Error(`cannot reach postgres://me:${password}@db/x`), url: databaseUrl }, `Bearer ${jwt}`);
  log.warn({ headers: { authorization: token, cookie: key }, connection: { password } }, `nats://me:${password}@one`);
  await eventually(() => expect(entries(lines).some(({ transport }) => transport === 'websocket')).toBe(true));
  const all = lines.join('');
  for (const secret of secrets) expect(all).not.toContain(secret);
  for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
});

test('masking costs no more than the length of a text', () => {
  const lines: string[] = [];
  const log = createLog('info', { write: (line) => void lines.push(line) });
  for (const part of ['eyJ-', 'Bearer ', '://a:', 'stc_', '?token=', '\\"token\\":\\"'])
    log.info({ text: part.repeat(200_000 / part.length) }, 'long');
  expect(lines).toHaveLength(6);
  for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
});
