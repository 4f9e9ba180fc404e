import { expect, onTestFinished, test } from 'vitest';
import type { ApiKey, KeyStore } from '../../src/auth/keys/api-key.js';
import { hashOf, keyText, newKey, parseKey } from '../../src/auth/keys/format.js';
import { createKeyStore } from '../../src/storage/store/key-store.js';
import { openPool, testDatabase } from '../support/database.js';
import { eventually } from '../support/wait.js';
import { authenticator, refusal, TestClock } from './fixture.js';

/** A database, what reads its keys, and how often it was asked. Gone with the test. */
async function keyStore() {
  const database = await testDatabase();
  const pool = openPool({ connectionString: database.url });
  onTestFinished(async () => {
    await pool.end();
    await database.close();
  });
  const store = createKeyStore(pool);
  let reads = 0;
  const counting: KeyStore = {
    ...store,
    keys: (ids) => {
      reads += 1;
      return store.keys(ids);
    },
  };
  return { store: counting, pool, reads: () => reads };
}

async function stored(store: KeyStore, given: Partial<ApiKey> = {}) {
  const { id, secret, text } = newKey();
  const key = {
    id,
    tenantId: 'acme',
    name: 'plugin',
    roles: ['REPORTER'] as const,
    hash: hashOf(secret),
    expiresAt: null,
  };
  return { ...(await store.createKey({ ...key, ...given })), text };
}

test('a key is letters and digits, and told from what is half of one or mistyped', () => {
  const keys = Array.from({ length: 200 }, newKey);
  expect(new Set(keys.map(({ id }) => id)).size).toBe(200);
  for (const { id, secret, text } of keys) {
    expect(text).toMatch(/^stc_[\dA-Za-z]{16}_[\dA-Za-z]{43}_[\dA-Za-z]{6}$/);
    expect(parseKey(text)).toEqual({ id, secret });
  }
  const { text } = newKey();
  for (let at = 0; at < text.length; at += 1) {
    expect(parseKey(text.slice(0, at))).toBeNull();
    const flipped = `${text.slice(0, at)}${text[at] === 'x' ? 'y' : 'x'}${text.slice(at + 1)}`;
    expect(parseKey(flipped), flipped).toBeNull();
  }
  expect(parseKey(`${text} `)).toBeNull();
  expect(parseKey(text.toUpperCase())).toBeNull();
});

test('its holder is let in as what the key says, and the database does not know the secret', async () => {
  const { store, pool } = await keyStore();
  const expiresAt = new Date(Date.now() + 3_600_000);
  const { id, text } = await stored(store, { expiresAt });
  const { authenticate } = await authenticator({}, { keyStore: store });
  expect(await authenticate(`Bearer ${text}`)).toEqual({
    caller: { tenantId: 'acme', roles: ['VIEWER', 'REPORTER'] },
    id: `key ${id}`,
    expiresAt,
  });
  const { rows } = await pool.query('SELECT api_key::text AS row FROM api_key');
  expect(rows[0].row).not.toContain(parseKey(text)?.secret);
});

test('what is no whole key costs no statement; one that never was and one of another secret are refused alike', async () => {
  const { store, reads } = await keyStore();
  const { id, text } = await stored(store);
  const { authenticate } = await authenticator({}, { keyStore: store });
  for (const wrong of [
    'stc_',
    text.slice(0, -1),
    text.slice(0, 30),
    text.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
  ])
    expect(await refusal(authenticate(`Bearer ${wrong}`))).toBe(
      'UNAUTHENTICATED: expected a whole API key, got one that is mistyped or cut',
    );
  expect(reads()).toBe(0);
  const { text: unknown } = newKey();
  const other = await stored(store);
  await store.revokeKey(other.id);
  // A whole key with this id, and another's secret.
  const stolen = keyText({ id, secret: parseKey(other.text)?.secret as string });
  const words = await refusal(authenticate(`Bearer ${unknown}`));
  expect(words).toBe('UNAUTHENTICATED: expected an API key, got one that is unknown');
  expect(await refusal(authenticate(`Bearer ${stolen}`))).toBe(words);
});

test('a key that has expired or was revoked is refused, in words', async () => {
  const { store } = await keyStore();
  const clock = new TestClock();
  const ending = await stored(store, { expiresAt: new Date(Date.now() + 60_000) });
  const revoked = await stored(store);
  const { authenticate } = await authenticator({}, { keyStore: store, clock });
  await authenticate(`Bearer ${ending.text}`);
  await authenticate(`Bearer ${revoked.text}`);
  await store.revokeKey(revoked.id);
  clock.pass(61_000);
  expect(await refusal(authenticate(`Bearer ${ending.text}`))).toContain('one that has expired');
  expect(await refusal(authenticate(`Bearer ${revoked.text}`))).toContain('one that was revoked');
  const again = await store.revokeKey(revoked.id);
  expect(again?.revokedAt).toEqual((await store.keys([revoked.id]))[0]?.revokedAt);
});

test('many requests at once are a few statements, and soon after none', async () => {
  const { store, reads } = await keyStore();
  const keys = await Promise.all(Array.from({ length: 50 }, () => stored(store)));
  const { authenticate } = await authenticator({}, { keyStore: store, clock: { now: Date.now, steady: () => 0 } });
  const all = () => Promise.all([...keys, ...keys].map(({ text }) => authenticate(`Bearer ${text}`)));
  await all();
  const first = reads();
  expect(first).toBeLessThanOrEqual(2);
  await all();
  expect(reads()).toBe(first);
});

test('who is let in by a key is told when it is revoked, once, and not after leaving', async () => {
  const { store, reads } = await keyStore();
  const [one, other] = [await stored(store), await stored(store)];
  const { authenticate, watch } = await authenticator({}, { keyStore: store });
  const ended: string[] = [];
  const identity = await authenticate(`Bearer ${one.text}`);
  for (const name of ['first', 'second']) watch(identity, () => ended.push(name));
  const leave = watch(identity, () => ended.push('left'));
  watch(await authenticate(`Bearer ${other.text}`), () => ended.push('other'));
  leave();
  await store.revokeKey(one.id);
  await eventually(() => expect(ended).toEqual(['first', 'second']));
  const before = reads();
  // Those that are watched are still looked at.
  await eventually(() => expect(reads()).toBeGreaterThan(before));
  expect(ended).toEqual(['first', 'second']);
});

test('who is let in for a time is told when that is over', async () => {
  const { store } = await keyStore();
  const clock = new TestClock();
  const hour = 3_600_000;
  const { text } = await stored(store, { expiresAt: new Date(clock.now() + hour) });
  const { authenticate, watch } = await authenticator({}, { keyStore: store, clock });
  const identity = await authenticate(`Bearer ${text}`);
  clock.pass(hour - 100);
  const ended = new Promise<void>((resolve) => void watch(identity, resolve));
  await ended;
  expect(await refusal(authenticate(`Bearer ${text}`))).toContain('one that has expired');
});

test('without its database a key can be neither taken nor refused: UNAVAILABLE, and nobody is put out', async () => {
  const { store, pool } = await keyStore();
  const clock = new TestClock();
  const { text } = await stored(store);
  const { authenticate, watch } = await authenticator({}, { keyStore: store, clock });
  const identity = await authenticate(`Bearer ${text}`);
  const ended: string[] = [];
  watch(identity, () => ended.push('ended'));
  await pool.query('ALTER TABLE api_key RENAME TO away');
  await pool.query(`CREATE VIEW api_key AS SELECT * FROM away WHERE pg_sleep(0) IS NOT NULL`);
  await pool.query(`CREATE OR REPLACE VIEW api_key AS SELECT * FROM away WHERE pg_terminate_backend(pg_backend_pid())`);
  clock.pass(5_000);
  expect(await refusal(authenticate(`Bearer ${text}`))).toMatch(/^UNAVAILABLE: the database cannot be reached/);
  expect(await refusal(authenticate(`Bearer ${text}`))).toMatch(/^UNAVAILABLE/);
  await pool.query('DROP VIEW api_key');
  await pool.query('ALTER TABLE away RENAME TO api_key');
  await authenticate(`Bearer ${text}`);
  expect(ended).toEqual([]);
});

test('when a key was last used is written behind the requests, and what is left at the end', async () => {
  const { store } = await keyStore();
  const { id, text } = await stored(store);
  const { authenticate, close } = await authenticator({}, { keyStore: store });
  await authenticate(`Bearer ${text}`);
  expect((await store.keys([id]))[0]?.lastUsedAt).toBeNull();
  await close();
  const [key] = await store.keys([id]);
  expect(key?.lastUsedAt).toBeInstanceOf(Date);
  await store.keysUsed(new Map([[id, new Date(0)]]));
  expect((await store.keys([id]))[0]?.lastUsedAt).toEqual(key?.lastUsedAt);
});
