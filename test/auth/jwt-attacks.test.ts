import { createHmac } from 'node:crypto';
import { exportSPKI, generateKeyPair, UnsecuredJWT } from 'jose';
import { expect, test } from 'vitest';
import { type Issuer, publicJwk, type SigningKey, signingKey, startIssuer } from '../support/issuer.js';
import { ofIssuer, refusal } from './fixture.js';

const seconds = () => Math.floor(Date.now() / 1000);

/** A token of the issuer's claims with a header and a signature of one's own. */
async function forged(issuer: Issuer, header: object, sign: (input: string) => string, claims: object = {}) {
  const payload = Buffer.from((await issuer.token()).split('.')[1] as string, 'base64url').toString();
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${encoded(header)}.${encoded({ ...JSON.parse(payload), ...claims })}`;
  return `${input}.${sign(input)}`;
}

test.each<[string, Record<string, unknown>]>([
  ['has expired', { exp: seconds() - 1 }],
  ['has no end', { exp: null }],
  ['has an end that is no number', { exp: '9999999999' }],
  ['is not valid yet', { nbf: seconds() + 300 }],
  ['is of another issuer', { iss: 'https://other.example' }],
  ['is of no issuer', { iss: null }],
  ['is for another audience', { aud: 'other' }],
  ['is for other audiences', { aud: ['other', 'stepcast2'] }],
  ['is for nobody', { aud: null }],
  ['names no tenant', { tenant_id: null }],
  ['names an empty tenant', { tenant_id: '' }],
  ['names a tenant that is no text', { tenant_id: ['default'] }],
  ['names a tenant with a control character', { tenant_id: 'a\u0000b' }],
])('a token that %s is UNAUTHENTICATED', async (_, claims) => {
  const issuer = await startIssuer();
  const { authenticate } = await ofIssuer(issuer.options);
  const token = await issuer.token(claims);
  const words = await refusal(authenticate(`Bearer ${token}`));
  expect(words).toMatch(/^UNAUTHENTICATED: expected a/);
  expect(words).not.toContain(token.split('.')[2]);
  // The same with nothing changed is taken.
  await authenticate(`Bearer ${await issuer.token()}`);
});

test('`none` is no algorithm', async () => {
  const issuer = await startIssuer();
  const { authenticate } = await ofIssuer(issuer.options);
  const claims = { tenant_id: 'default', roles: ['admin'] };
  const unsecured = new UnsecuredJWT(claims)
    .setIssuer(issuer.url)
    .setAudience('stepcast')
    .setExpirationTime('5m')
    .encode();
  const bare = await forged(issuer, { alg: 'none' }, () => '');
  const signed = await forged(issuer, { alg: 'None', kid: issuer.key.kid }, () => 'AAAA');
  for (const token of [unsecured, bare, signed])
    expect(await refusal(authenticate(`Bearer ${token}`))).toMatch(/^UNAUTHENTICATED/);
});

test('HS256 with the public key, in all of its forms, is refused', async () => {
  const issuer = await startIssuer();
  issuer.rotate(await signingKey('RS256'));
  const { authenticate } = await ofIssuer(issuer.options);
  const pem = await exportSPKI(issuer.key.publicKey);
  const jwk = await publicJwk(issuer.key);
  for (const secret of [pem, pem.trimEnd(), JSON.stringify(jwk), jwk.n as string, '']) {
    const sign = (input: string) => createHmac('sha256', secret).update(input).digest('base64url');
    const token = await forged(issuer, { alg: 'HS256', kid: issuer.key.kid }, sign);
    expect(await refusal(authenticate(`Bearer ${token}`))).toMatch(/^UNAUTHENTICATED/);
  }
});

test('an algorithm that is not configured is refused, however well it is signed', async () => {
  const issuer = await startIssuer();
  issuer.rotate(await signingKey('PS256'));
  const { authenticate } = await ofIssuer(issuer.options);
  expect(await refusal(authenticate(`Bearer ${await issuer.token()}`))).toContain('an algorithm that is configured');
});

test('keys that a header brings or names are not used, nor looked for', async () => {
  const issuer = await startIssuer();
  const thief: SigningKey = await signingKey();
  const elsewhere = await startIssuer();
  elsewhere.rotate(thief);
  const { authenticate } = await ofIssuer(issuer.options);
  const headers = [
    { jwk: await publicJwk(thief) },
    { jku: `${elsewhere.url}/jwks` },
    { x5u: `${elsewhere.url}/jwks` },
    { kid: issuer.key.kid, jwk: await publicJwk(thief) },
    { kid: '../../../../dev/null' },
    { kid: "' OR 1=1 --" },
  ];
  for (const header of headers) {
    const token = await issuer.token({}, header, thief);
    expect(await refusal(authenticate(`Bearer ${token}`))).toMatch(/^UNAUTHENTICATED/);
  }
  expect(elsewhere.requests).toBe(0);
});

test('a header that must be understood, and is not, is refused', async () => {
  const issuer = await startIssuer();
  const { authenticate } = await ofIssuer(issuer.options);
  const token = await forged(issuer, { alg: 'ES256', crit: ['exp2'], exp2: 1 }, () => 'AAAA');
  expect(await refusal(authenticate(`Bearer ${token}`))).toMatch(/^UNAUTHENTICATED/);
});

test('the type is JWT, at+jwt or none; others are for other ends', async () => {
  const issuer = await startIssuer();
  const { authenticate } = await ofIssuer(issuer.options);
  for (const typ of ['JWT', 'jwt', 'at+jwt', 'application/at+jwt'])
    await authenticate(`Bearer ${await issuer.token({}, { typ })}`);
  for (const typ of ['logout+jwt', 'dpop+jwt', 'secevent+jwt', 'at+jwt2'])
    expect(await refusal(authenticate(`Bearer ${await issuer.token({}, { typ })}`))).toContain('at+jwt or JWT');
});

test('one that was changed, cut, or is too large is refused', async () => {
  const issuer = await startIssuer();
  const { authenticate } = await ofIssuer(issuer.options);
  const token = await issuer.token();
  const [header, payload, signature] = token.split('.') as [string, string, string];
  const other = (await issuer.token({ tenant_id: 'other' })).split('.')[1];
  const wrong = [
    `${header}.${other}.${signature}`,
    `${header}.${payload}`,
    `${header}.${payload}.`,
    `${token}.${signature}`,
  ];
  wrong.push(
    `${header}.${payload}.${signature.slice(0, -4)}`,
    'a.b.c',
    '...',
    await issuer.token({ more: 'x'.repeat(8_192) }),
  );
  for (const text of wrong) expect(await refusal(authenticate(`Bearer ${text}`)), text).toMatch(/^UNAUTHENTICATED/);
});

test('a key that is too short is the issuer’s fault: refused, and logged', async () => {
  const issuer = await startIssuer();
  const pair = await generateKeyPair('ES256', { extractable: true });
  issuer.answer = {
    status: 200,
    body: JSON.stringify({ keys: [{ kty: 'RSA', kid: 'short', alg: 'RS256', n: 'AQAB'.repeat(40), e: 'AQAB' }] }),
  };
  const { authenticate, logged } = await ofIssuer(issuer.options);
  const token = await issuer.token({}, { kid: 'short', alg: 'ES256' }, { ...issuer.key, ...pair });
  const renamed = `${Buffer.from('{"alg":"RS256","kid":"short"}').toString('base64url')}.${token.split('.').slice(1).join('.')}`;
  expect(await refusal(authenticate(`Bearer ${renamed}`))).toMatch(/^UNAUTHENTICATED/);
  expect(logged).toContain('a token could not be verified');
});
