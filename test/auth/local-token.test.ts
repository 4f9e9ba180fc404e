import { chmod, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readLocalToken } from '../../src/auth/local-token.js';
import { testFolder } from '../support/embedded.js';
import { authenticator, refusal } from './fixture.js';

test('it is made once, for this user alone, and stays the same', async () => {
  const folder = join(await testFolder(), 'new', 'data');
  const token = await readLocalToken(folder);
  expect(token).toMatch(/^[\w-]{43}$/);
  expect((await stat(join(folder, 'token'))).mode & 0o777).toBe(0o600);
  expect(await readLocalToken(folder)).toBe(token);
  expect((await readFile(join(folder, 'token'), 'utf8')).trim()).toBe(token);
});

test('servers that start at once have one token, and leave nothing else behind', async () => {
  const folder = await testFolder();
  const tokens = await Promise.all(Array.from({ length: 20 }, () => readLocalToken(folder)));
  expect(new Set(tokens).size).toBe(1);
  expect(await readdir(folder)).toEqual(['token']);
});

test('one that others can read is refused, in words', async () => {
  const folder = await testFolder();
  await readLocalToken(folder);
  await chmod(join(folder, 'token'), 0o640);
  await expect(readLocalToken(folder)).rejects.toThrow(
    /of this user \(\d+\) with mode 0600, got .* mode 0640: remove it/,
  );
});

test('a link is not followed, and another text is no token', async () => {
  const folder = await testFolder();
  const file = join(folder, 'token');
  await writeFile(join(folder, 'other'), 'x'.repeat(43), { mode: 0o600 });
  await symlink('other', file);
  await expect(readLocalToken(folder)).rejects.toThrow(`expected ${file} to hold this server's token`);
  await rm(file);
  await writeFile(file, 'short', { mode: 0o600 });
  await expect(readLocalToken(folder)).rejects.toThrow('remove it, and a new one is made');
});

test('with it, whoever is on this machine may do everything; anything else is UNAUTHENTICATED', async () => {
  const localToken = await readLocalToken(await testFolder());
  const { authenticate } = await authenticator({ mode: 'token' }, { localToken });
  const identity = { id: 'local', expiresAt: null };
  for (const scheme of ['Bearer', 'bearer', 'BEARER ']) {
    expect(await authenticate(`${scheme} ${localToken}`)).toMatchObject(identity);
  }
  expect((await authenticate(`Bearer ${localToken}`)).caller).toEqual({
    tenantId: 'default',
    roles: ['VIEWER', 'REPORTER', 'ADMIN'],
  });
  const wrong = [undefined, '', 'Bearer', 'Bearer ', localToken, `Basic ${localToken}`, `Bearer ${localToken}x`];
  wrong.push(`Bearer ${localToken.slice(0, 20)}`, `Bearer ${localToken} ${localToken}`, `Bearer ${'x'.repeat(9_000)}`);
  for (const value of wrong) {
    const words = await refusal(authenticate(value));
    expect(words, value).toMatch(/^UNAUTHENTICATED: expected /);
    expect(words).not.toContain(localToken);
  }
});

test('without authentication everybody is let in, whatever they send', async () => {
  const { authenticate } = await authenticator({ mode: 'off' });
  expect(await authenticate(undefined)).toMatchObject({ id: 'local', caller: { tenantId: 'default' } });
  expect(await authenticate('Bearer anything')).toMatchObject({ id: 'local' });
});
