import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseKey } from '../../src/auth/keys/format.js';
import { serve } from '../reliability/serve.js';
import { testDatabase } from '../support/database.js';
import { postmasterOf, testFolder } from '../support/embedded.js';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly said: string;
}

/** `stepcast keys …` as operators run it. */
const keys = (env: Record<string, string>, ...args: string[]) =>
  new Promise<Ended>((resolve) => {
    const own = { ...process.env, DATABASE_URL: '', NATS_URL: '', ...env };
    execFile(process.execPath, [main, 'keys', ...args], { env: own }, (error, out, said) =>
      resolve({ code: error ? Number(error.code) : 0, out, said }),
    );
  });

const create = ['create', '--tenant', 'acme', '--role', 'reporter'];

async function database() {
  const { url, close } = await testDatabase();
  onTestFinished(close);
  return { DATABASE_URL: url };
}

describe('on a database', () => {
  test('a key is printed once, alone, and words beside it; the list does not have it', async () => {
    const env = await database();
    const made = await keys(env, ...create, '--name', 'nightly', '--expires', '90d');
    const { id, secret } = parseKey(made.out.trim()) ?? { id: '', secret: '' };
    expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/^stc_\w+\n$/) });
    expect(made.said).toContain(`Made the key ${id} of tenant "acme" with role REPORTER, valid until `);
    expect(made.said).not.toContain(secret);

    const listed = await keys(env, 'list');
    expect(listed.out).toMatch(new RegExp(`^ID .*\\n${id} +acme +REPORTER +valid .* never +nightly\\n$`));
    const json = await keys(env, 'list', '--json');
    expect(JSON.parse(json.out)).toMatchObject([{ id, tenantId: 'acme', roles: ['REPORTER'], state: 'valid' }]);
    for (const { out } of [listed, json]) expect(out).not.toContain(secret);
    expect((await keys(env, 'list', '--tenant', 'other', '--json')).out).toBe('[]\n');
  });

  test('a revoked key is told as such, and revoking it again changes nothing', async () => {
    const env = await database();
    const { out } = await keys(env, ...create);
    const revoked = await keys(env, 'revoke', out.trim());
    expect(revoked).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Revoked the key \w+ of tenant "acme", as of /),
    });
    expect(await keys(env, 'revoke', out.trim())).toEqual(revoked);
    expect(JSON.parse((await keys(env, 'list', '--json')).out)).toMatchObject([{ state: 'revoked' }]);
  });

  test('exit codes: 2 for wrong arguments and unknown keys, 1 for a database that is away', async () => {
    const env = await database();
    expect(await keys(env, 'create')).toMatchObject({ code: 2, out: '', said: expect.stringContaining('Usage: ') });
    expect(await keys(env, 'revoke', 'nobody')).toMatchObject({ code: 2, said: expect.stringContaining('"nobody"') });
    const away = { DATABASE_URL: 'postgres://someone:secret@127.0.0.1:1/none' };
    const failed = await keys(away, 'list');
    expect(failed).toMatchObject({ code: 1, out: '' });
    expect(failed.said).toMatch(/^stepcast keys: cannot reach the database none at 127\.0\.0\.1:1 as user someone/);
    expect(failed.said).not.toContain('secret');
  });
});

test('on the embedded database, whether a server runs or not; one that runs keeps its database', async () => {
  const env = { STEPCAST_DATA_DIR: await testFolder() };
  const before = await keys(env, ...create);
  expect(before.code).toBe(0);
  expect(await postmasterOf(env.STEPCAST_DATA_DIR)).toBeUndefined();
  const server = await serve(env);
  const running = await postmasterOf(env.STEPCAST_DATA_DIR);
  const during = await keys(env, ...create);
  expect(during.code).toBe(0);
  expect(await postmasterOf(env.STEPCAST_DATA_DIR)).toBe(running);
  expect(JSON.parse((await keys(env, 'list', '--json')).out)).toHaveLength(2);
  expect(await server.end('SIGTERM')).toBe(0);
});
