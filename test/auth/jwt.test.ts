import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testFolder } from '../support/embedded.js';
import { signingKey, startIssuer } from '../support/issuer.js';
import { eventually } from '../support/wait.js';
import { authenticator, ofIssuer, refusal, TestClock } from './fixture.js';

const minute = 60_000;

test('a token says whose clusters its bearer sees, and what it may do', async () => {
  const issuer = await startIssuer();
  const { authenticate } = await ofIssuer(issuer.options);
  const exp = Math.floor(Date.now() / 1000) + 60;
  const token = await issuer.token({ sub: 'plugin', tenant_id: 'acme', roles: ['reporter'], exp });
  expect(await authenticate(`Bearer ${token}`)).toEqual({
    caller: { tenantId: 'acme', roles: ['VIEWER', 'REPORTER'] },
    id: `jwt ${issuer.url} acme plugin`,
    expiresAt: new Date(exp * 1000),
  });
});

test.each([
  ['a list', ['VIEWER', 'other', 7, null], ['VIEWER']],
  ['words', 'openid reporter', ['VIEWER', 'REPORTER']],
  ['any case', ['Admin'], ['VIEWER', 'REPORTER', 'ADMIN']],
  ['none that is known', ['root', 'superuser'], []],
  ['nothing', null, []],
  ['an object', { admin: true }, []],
  ['names of what objects have', ['__proto__', 'constructor'], []],
])('roles may be %s', async (_, roles, expected) => {
  const issuer = await startIssuer();
  const { authenticate } = await ofIssuer(issuer.options);
  const { caller } = await authenticate(`Bearer ${await issuer.token({ roles })}`);
  expect(caller.roles).toEqual(expected);
});

test('claims are found by paths, and by names that have dots themselves', async () => {
  const issuer = await startIssuer();
  const options = { ...issuer.options, tenantClaim: 'https://acme.example/tenant', rolesClaim: 'realm_access.roles' };
  const { authenticate } = await ofIssuer(options);
  const claims = { 'https://acme.example/tenant': 'acme', realm_access: { roles: ['viewer'] } };
  const { caller } = await authenticate(`Bearer ${await issuer.token(claims)}`);
  expect(caller).toEqual({ tenantId: 'acme', roles: ['VIEWER'] });
  const inherited = await ofIssuer({ ...issuer.options, tenantClaim: 'constructor.name' });
  expect(await refusal(inherited.authenticate(`Bearer ${await issuer.token()}`))).toMatch(/^UNAUTHENTICATED/);
});

test.each(['ES256', 'RS256', 'EdDSA'])(
  '%s is taken, also from a key set in which several keys would do',
  async (alg) => {
    const issuer = await startIssuer();
    issuer.rotate(await signingKey(alg));
    issuer.rotate(await signingKey(alg), { keep: true });
    const { authenticate } = await ofIssuer(issuer.options);
    await authenticate(`Bearer ${await issuer.token()}`);
    const unnamed = await issuer.token({ sub: 'unnamed' }, { kid: undefined });
    expect(await authenticate(`Bearer ${unnamed}`)).toMatchObject({ id: `jwt ${issuer.url} default unnamed` });
    const thief = await issuer.token({}, { kid: undefined }, await signingKey(alg));
    expect(await refusal(authenticate(`Bearer ${thief}`))).toMatch(/^UNAUTHENTICATED/);
  },
);

test('what was verified is remembered until it ends, and no longer', async () => {
  const issuer = await startIssuer();
  const clock = new TestClock();
  const { authenticate } = await ofIssuer(issuer.options, { clock });
  const token = `Bearer ${await issuer.token({ exp: Math.floor(Date.now() / 1000) + 30 })}`;
  const first = await authenticate(token);
  expect(await authenticate(token)).toBe(first);
  clock.pass(31_000);
  expect(await refusal(authenticate(token))).toContain('has expired');
});

test('a token may be used a little before its time, for clocks differ', async () => {
  const issuer = await startIssuer();
  const { authenticate } = await ofIssuer(issuer.options);
  await authenticate(`Bearer ${await issuer.token({ nbf: Math.floor(Date.now() / 1000) + 20 })}`);
});

test('a new key is looked up once a token is signed by it, but not for every token with an unknown one', async () => {
  const issuer = await startIssuer();
  const clock = new TestClock();
  const { authenticate } = await ofIssuer(issuer.options, { clock });
  await authenticate(`Bearer ${await issuer.token()}`);
  expect(issuer.requests).toBe(1);
  const unknown = await Promise.all(Array.from({ length: 20 }, () => issuer.token({}, { kid: crypto.randomUUID() })));
  clock.pass(31_000);
  for (const token of unknown) expect(await refusal(authenticate(`Bearer ${token}`))).toContain('of another key');
  expect(issuer.requests).toBe(2);
  issuer.rotate(await signingKey('RS256'), { keep: true });
  clock.pass(31_000);
  await authenticate(`Bearer ${await issuer.token()}`);
  expect(issuer.requests).toBe(3);
});

test('a token ends with its key, within a minute of its leaving the key set', async () => {
  const issuer = await startIssuer();
  const clock = new TestClock();
  const { authenticate } = await ofIssuer(issuer.options, { clock });
  const token = `Bearer ${await issuer.token()}`;
  await authenticate(token);
  issuer.rotate(await signingKey());
  clock.pass(minute);
  // The first use of old keys has them read again, without waiting for it.
  await eventually(async () => expect(await refusal(authenticate(token))).toContain('of another key'));
});

test('what was verified is forgotten with its key, however lately that was', async () => {
  const issuer = await startIssuer();
  const clock = new TestClock();
  const { authenticate } = await ofIssuer(issuer.options, { clock });
  await authenticate(`Bearer ${await issuer.token()}`);
  clock.pass(minute - 1_000);
  const token = `Bearer ${await issuer.token()}`;
  await authenticate(token);
  issuer.rotate(await signingKey());
  clock.pass(1_000);
  await eventually(async () => expect(await refusal(authenticate(token))).toContain('of another key'));
});

test('who was let in by a token is told when its key is gone, and others are not', async () => {
  const issuer = await startIssuer();
  const clock = new TestClock();
  const { authenticate, watch } = await ofIssuer(issuer.options, { clock });
  const ended: string[] = [];
  const old = await authenticate(`Bearer ${await issuer.token()}`);
  watch(old, () => ended.push('old'));
  watch(old, () => ended.push('left'))();
  issuer.rotate(await signingKey(), { keep: true });
  clock.pass(minute);
  watch(await authenticate(`Bearer ${await issuer.token()}`), () => ended.push('new'));
  issuer.rotate(issuer.key);
  clock.pass(minute);
  await authenticate(`Bearer ${await issuer.token()}`);
  await eventually(() => expect(ended).toEqual(['old']));
});

test('while the issuer is away, or answers nonsense, its last keys hold; new tokens of theirs are taken', async () => {
  const issuer = await startIssuer();
  const clock = new TestClock();
  const { authenticate, logged } = await ofIssuer(issuer.options, { clock });
  await authenticate(`Bearer ${await issuer.token()}`);
  for (const answer of [
    { status: 500, body: '' },
    { status: 200, body: '<html>' },
    { status: 200, body: '{"keys":[]}' },
  ]) {
    issuer.answer = answer;
    const before = issuer.requests;
    // The reading before may have ended just now, and counts as new then.
    await eventually(async () => {
      clock.pass(10 * minute);
      await authenticate(`Bearer ${await issuer.token({ exp: 9_999_999_999, jti: crypto.randomUUID() })}`);
      expect(issuer.requests).toBeGreaterThan(before);
    });
  }
  await eventually(() =>
    expect(logged).toContain('the keys of the issuer of tokens cannot be read: the last ones hold'),
  );
  await issuer.stop();
  clock.pass(10 * minute);
  await authenticate(`Bearer ${await issuer.token({ exp: 9_999_999_999 })}`);
});

test('an issuer that was never reached makes its tokens UNAVAILABLE, until it is', async () => {
  const issuer = await startIssuer();
  await issuer.stop();
  const clock = new TestClock();
  const { authenticate } = await ofIssuer(issuer.options, { clock });
  const token = `Bearer ${await issuer.token()}`;
  expect(await refusal(authenticate(token))).toBe('UNAVAILABLE: the keys of the issuer of tokens cannot be read now');
  // What it takes no key to refuse is refused.
  expect(await refusal(authenticate('Bearer nonsense'))).toMatch(/^UNAUTHENTICATED/);
  await issuer.serve();
  clock.pass(10_000);
  await authenticate(token);
});

test('a key set that leads elsewhere, or is larger than any, is not used', async () => {
  const issuer = await startIssuer();
  issuer.answer = { status: 200, body: `${' '.repeat(300_000)}${JSON.stringify(await issuer.jwks())}` };
  const { authenticate } = await ofIssuer(issuer.options);
  expect(await refusal(authenticate(`Bearer ${await issuer.token()}`))).toMatch(/^UNAVAILABLE/);
});

test('keys may come from a file, which is read again when it was replaced', async () => {
  const issuer = await startIssuer();
  const clock = new TestClock();
  const file = join(await testFolder(), 'jwks.json');
  await writeFile(file, JSON.stringify(await issuer.jwks()));
  const { authenticate } = await ofIssuer({ ...issuer.options, jwks: file }, { clock });
  await authenticate(`Bearer ${await issuer.token()}`);
  issuer.rotate(await signingKey());
  await writeFile(`${file}.new`, JSON.stringify(await issuer.jwks()));
  await rename(`${file}.new`, file);
  clock.pass(minute);
  await authenticate(`Bearer ${await issuer.token()}`);
  expect(issuer.requests).toBe(0);
});

test.each([
  ['is not there', undefined],
  ['is no JSON', 'keys'],
  ['has no keys', '{"keys":[]}'],
])('a file of keys that %s keeps the server from starting, in words', async (_, text) => {
  const issuer = await startIssuer();
  const file = join(await testFolder(), 'jwks.json');
  if (text !== undefined) await writeFile(file, text);
  const jwt = { ...issuer.options, jwks: file };
  await expect(authenticator({ jwt })).rejects.toThrow(`expected the issuer's keys in ${file}, got: `);
});

test('what one tenant does counts for no other, whatever its subjects are called', async () => {
  const issuer = await startIssuer();
  const { authenticate } = await ofIssuer(issuer.options);
  const ids = await Promise.all(
    ['acme', 'other'].map(async (tenant) => {
      const token = await issuer.token({ tenant_id: tenant, sub: null });
      return (await authenticate(`Bearer ${token}`)).id;
    }),
  );
  expect(new Set(ids).size).toBe(2);
});

test('roles are known in any case of ASCII, and letters that become them are not', async () => {
  const issuer = await startIssuer();
  const { authenticate } = await ofIssuer(issuer.options);
  const rolesOf = async (...roles: string[]) =>
    (await authenticate(`Bearer ${await issuer.token({ roles })}`)).caller.roles;
  expect(await rolesOf('Admin')).toContain('ADMIN');
  expect(await rolesOf('adm\u0131n', 'v\u0131ewer')).toEqual([]);
});

test('half of a surrogate pair names no tenant', async () => {
  const issuer = await startIssuer();
  const { authenticate } = await ofIssuer(issuer.options);
  expect(await refusal(authenticate(`Bearer ${await issuer.token({ tenant_id: 'a\ud800' })}`))).toMatch(
    /^UNAUTHENTICATED/,
  );
});
