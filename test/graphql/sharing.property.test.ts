import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Caller, type Role, rolesWithImplied } from '../../src/auth/caller.js';
import { KnownCauses } from '../../src/domain/causes/known-causes.js';
import { follow } from '../../src/graphql/follow.js';
import { estimating } from '../../src/graphql/history.js';
import { createPrepareOperation, isErrors } from '../../src/graphql/prepare.js';
import { loadSchema } from '../../src/graphql/schema.js';
import { tokenOf } from '../auth/credentials.js';
import { byHttp } from '../auth/transports.js';
import { type Fixture, fixture } from '../fanout/fixture.js';
import { TestSink } from '../fanout/sink.js';
import { Raw } from '../reliability/raw.js';
import { startApp, type TestApp } from '../support/app.js';
import { quiet } from '../support/database.js';
import { Issuer, signingKey } from '../support/issuer.js';
import { usualConnections } from '../support/limits.js';

/** Two tenants, who have a cluster of the same id each. */
const tenants = ['one', 'other'] as const;
const id = crypto.randomUUID();
const query = 'subscription ($id: ID!) { clusterProgress(clusterId: $id) { cluster { name } } }';
const nameOf = (tenantId: string) => `cluster of ${tenantId}`;

const role = fc.constantFrom<Role>('VIEWER', 'REPORTER', 'ADMIN');
const caller = fc.record({ tenantId: fc.constantFrom(...tenants), role });
const readers = fc.array(caller, { minLength: 2, maxLength: 8 });

const isSame = (a: Caller, b: Caller) => a.tenantId === b.tenantId && String(a.roles) === String(b.roles);

let [on, app, issuer] = [] as unknown as [Fixture, TestApp, Issuer];
beforeAll(async () => {
  issuer = new Issuer(await signingKey());
  await issuer.serve();
  on = await fixture();
  app = await startApp({ auth: { mode: 'on', jwt: issuer.options, oidc: null } });
});
afterAll(async () => {
  await app?.close();
  await on?.close();
  await issuer?.stop();
});

test('A3: readers share an execution if and only if they are of one tenant and have the same roles', async () => {
  const [{ hub, recorder }] = on.servers(1) as [ReturnType<Fixture['servers']>[number]];
  for (const tenantId of tenants) await recorder.createCluster(tenantId, { id, name: nameOf(tenantId) });
  const schema = loadSchema();
  const prepare = createPrepareOperation(schema);
  const services = {
    about: { version: '0', eventLog: true },
    recorder,
    hub,
    connections: usualConnections(),
    readStore: on.store,
    knownCauses: KnownCauses.none,
    ...estimating(() => hub.time, { stallSeconds: 120 }),
  };
  const reading = async (caller: Caller) => {
    const prepared = prepare({ query, variables: { id } }, caller);
    if (isErrors(prepared)) throw new AggregateError(prepared);
    const source = await follow({ schema, services, log: quiet }, prepared, caller);
    if (isErrors(source)) throw new AggregateError(source);
    const sink = new TestSink<{ data: { clusterProgress: { cluster: { name: string } } } }>();
    const subscription = source.join(sink);
    await sink.until(({ messages }) => messages.length === 1);
    return { caller, sink, end: () => [subscription.close(), source.release()] };
  };
  await fc.assert(
    fc.asyncProperty(readers, async (given) => {
      const callers = given.map(({ tenantId, role }) => ({ tenantId, roles: rolesWithImplied([role]) }));
      const all = await Promise.all(callers.map(reading));
      for (const { end } of all) end();
      for (const one of all) {
        expect(one.sink.messages[0]?.data.clusterProgress.cluster.name).toBe(nameOf(one.caller.tenantId));
        for (const other of all)
          expect(one.sink.bodies[0] === other.sink.bodies[0]).toBe(isSame(one.caller, other.caller));
      }
    }),
    { numRuns: 50 },
  );
});

test('A3: over sockets, nobody gets a byte of another tenant', async () => {
  for (const tenantId of tenants) {
    const mutation = `mutation { createCluster(input: { id: "${id}", name: "${nameOf(tenantId)}" }) { cluster { id } } }`;
    expect((await byHttp(app.url, mutation, await tokenOf(issuer, tenantId, 'REPORTER'))).text).not.toContain('errors');
  }
  await fc.assert(
    fc.asyncProperty(readers, async (given) => {
      const raws = await Promise.all(
        given.map(async ({ tenantId, role }) => Raw.open(app.url, await tokenOf(issuer, tenantId, role))),
      );
      for (const raw of raws) raw.subscribe('1', query, { id });
      const payloads = await Promise.all(
        raws.map(async (raw) => (await raw.find(({ type }) => type === 'next')).payload),
      );
      for (const raw of raws) raw.ws.terminate();
      const expected = given.map(({ tenantId }) => ({
        data: { clusterProgress: { cluster: { name: nameOf(tenantId) } } },
      }));
      expect(payloads).toEqual(expected);
    }),
    { numRuns: 30 },
  );
});
