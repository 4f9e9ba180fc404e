import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, validate } from 'graphql';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Role } from '../../src/auth/caller.js';
import type { KeyStore } from '../../src/auth/keys/api-key.js';
import { loadSchema } from '../../src/graphql/schema.js';
import { createKeyStore } from '../../src/storage/store/key-store.js';
import { startApp, type TestApp } from '../support/app.js';
import { openPool } from '../support/database.js';
import { Issuer, signingKey } from '../support/issuer.js';
import { apiKey, bad, tokenOf } from './credentials.js';
import { type Named, type RootOperation, rootOperations } from './operations.js';
import { byHttp, bySocket, type Outcome, type Transport } from './transports.js';

const operations = rootOperations(loadSchema());
const transports: [string, Transport][] = [
  ['HTTP', byHttp],
  ['the socket', bySocket],
];

let [app, pool, issuer, store, folder] = [] as unknown as [TestApp, pg.Pool, Issuer, KeyStore, string];
/** What tenant `default` has, and what nobody has. */
let [theirs, unknown] = [] as unknown as [Named, Named];
let before: string;

beforeAll(async () => {
  issuer = new Issuer(await signingKey());
  folder = await mkdtemp(join(tmpdir(), 'stepcast-matrix-'));
  const jwks = join(folder, 'jwks.json');
  await writeFile(jwks, JSON.stringify(await issuer.jwks()));
  app = await startApp({ auth: { mode: 'on', jwt: { ...issuer.options, jwks }, oidc: null } });
  pool = openPool({ connectionString: app.databaseUrl });
  store = createKeyStore(pool);
  theirs = await filled(await tokenOf(issuer, 'default', 'ADMIN'));
  unknown = names();
  before = await everything();
});
afterAll(async () => {
  await pool?.end();
  await app?.close();
  if (folder) await rm(folder, { recursive: true });
});

const names = (): Named => ({
  cluster: crypto.randomUUID(),
  operation: crypto.randomUUID(),
  step: crypto.randomUUID(),
  errorId: crypto.randomUUID(),
  name: `name-${crypto.randomUUID()}`,
});

/** A tenant with one of each. */
async function filled(authorization: string): Promise<Named> {
  const named = names();
  const { cluster, operation, step, errorId, name } = named;
  const event = `{ id: "${crypto.randomUUID()}", stepId: "${step}", successful: false, instanceId: "one", errorId: "${errorId}", eventInfo: "${name}" }`;
  for (const mutation of [
    `registerPlugin(input: { name: "${name}", provisioningSteps: {} }) { plugin { name } }`,
    `createCluster(input: { id: "${cluster}", name: "${name}", pluginName: "${name}" }) { cluster { id } }`,
    `startOperation(input: { id: "${operation}", clusterId: "${cluster}", type: CREATING, steps: [{ id: "${step}", stepName: "${name}" }] }) { operation { id } }`,
    `reportEvents(input: { events: [${event}] }) { results { outcome } }`,
  ]) {
    const { text } = await byHttp(app.url, `mutation { ${mutation} }`, authorization);
    expect(text).not.toContain('errors');
  }
  return named;
}

/** All that tenant `default` has. */
const everything = async () =>
  (
    await byHttp(
      app.url,
      '{ clusters { nodes { id revision updatedAt } } plugins { name } failures { nodes { id } } }',
      await tokenOf(issuer, 'default', 'VIEWER'),
    )
  ).text;

/** What becomes of each root field, by its name. */
const outcomes = async (
  transport: Transport,
  authorization: (operation: RootOperation) => Promise<string | undefined>,
  named: Named,
) =>
  Object.fromEntries(
    await Promise.all(
      operations.map(async (operation) => [
        operation.field,
        await transport(app.url, operation.document(named), await authorization(operation)),
      ]),
    ),
  ) as Record<string, Outcome>;

const refusals = (all: Record<string, Outcome>) =>
  Object.fromEntries(Object.entries(all).map(([field, { refused }]) => [field, refused]));
const each = (refused: string) => Object.fromEntries(operations.map(({ field }) => [field, refused]));

test('the operations are valid, and there is one for each root field', () => {
  const schema = loadSchema();
  for (const { field, document } of operations) expect(validate(schema, parse(document(unknown))), field).toEqual([]);
  expect(operations.length).toBeGreaterThan(25);
});

describe.each(transports)('over %s', (name, transport) => {
  test.each(Object.keys(bad))('A1: with %s, no root field answers', async (what) => {
    const authorization = await bad[what]?.(issuer, store);
    const challenge = authorization === undefined ? 'Bearer' : 'Bearer error="invalid_token"';
    const all = refusals(await outcomes(transport, async () => authorization, theirs));
    expect(all).toEqual(each(name === 'HTTP' ? `401 UNAUTHENTICATED ${challenge}` : '4403'));
  });

  test('A2: with too low a role, no root field answers', async () => {
    const lower: Record<Role, Role[]> = { VIEWER: [], REPORTER: ['VIEWER'], ADMIN: ['REPORTER'] };
    const all = await outcomes(transport, ({ role }) => tokenOf(issuer, 'default', ...lower[role]), theirs);
    expect(refusals(all)).toEqual(each(name === 'HTTP' ? '403 FORBIDDEN' : 'FORBIDDEN'));
  });

  test('with the role that it requires and no more, each root field answers, by a token as by a key', async () => {
    const keys = { VIEWER: '', REPORTER: '', ADMIN: '' };
    for (const role of ['VIEWER', 'REPORTER', 'ADMIN'] as const)
      keys[role] = (await apiKey(store, `by-key-${name}`, role)).authorization;
    for (const authorization of [
      ({ role }: RootOperation) => tokenOf(issuer, `by-token-${name}`, role),
      async ({ role }: RootOperation) => keys[role],
    ]) {
      const all = await outcomes(transport, authorization, unknown);
      for (const [field, { text }] of Object.entries(all)) {
        expect(text, field).not.toMatch(/UNAUTHENTICATED|FORBIDDEN|BAD_USER_INPUT|LIMIT_EXCEEDED|UNAVAILABLE|INTERNAL/);
        expect(text, field).toMatch(/"data"|NOT_FOUND/);
      }
    }
  });

  test('A3: what another tenant has is as what nobody has', async () => {
    // What it makes itself, it may see.
    const admin = ({ kind }: RootOperation) => tokenOf(issuer, `other-${kind}-${name}`, 'ADMIN');
    const asked = await outcomes(transport, admin, theirs);
    const never = await outcomes(transport, admin, unknown);
    for (const { field, document } of operations) {
      const [theirAnswer, noAnswer] = [asked[field], never[field]].map((one) => one?.text ?? '') as [string, string];
      if (document(theirs) === document(unknown))
        for (const secret of Object.values(theirs)) expect(theirAnswer, field).not.toContain(secret);
      else expect(masked(theirAnswer, theirs), field).toBe(masked(noAnswer, unknown));
    }
  });
});

/** With the names of what was asked for instead of what they are. */
const masked = (text: string, named: Named) =>
  Object.entries(named).reduce((masked, [name, value]) => masked.replaceAll(value, name), text);

test('A3: over REST, the tenant in the path is the caller’s own, and what another has is as what nobody has', async () => {
  const get = async (tenant: string, { cluster }: Named, own: string) => {
    const answers = ['', `/${cluster}`, `/${cluster}/progress`].map(async (path) => {
      const headers = { authorization: await tokenOf(issuer, own, 'VIEWER') };
      const response = await fetch(`${app.url}/v1.1/${tenant}/clusters${path}`, { headers });
      return `${response.status} ${await response.text()}`;
    });
    return Promise.all(answers);
  };
  const statuses = (answers: string[]) => answers.map((answer) => answer.slice(0, 3));
  expect(statuses(await get('default', theirs, 'default'))).toEqual(['200', '200', '200']);
  const theirTenant = await get('default', theirs, 'stranger');
  expect(statuses(theirTenant)).toEqual(['404', '404', '404']);
  expect(theirTenant).toEqual(
    (await get('nobody', theirs, 'stranger')).map((answer) => answer.replace('nobody', 'default')),
  );
  const [list, ...ones] = await get('stranger', theirs, 'stranger');
  expect(list).toBe('200 {"clusters":[],"markers":{"next":null}}');
  expect(ones.map((answer) => masked(answer, theirs))).toEqual(
    (await get('stranger', unknown, 'stranger')).slice(1).map((answer) => masked(answer, unknown)),
  );
});

test('none of it has changed anything of the tenant that was not asked for by its own', async () => {
  expect(await everything()).toBe(before);
});
