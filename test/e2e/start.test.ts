import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../support/database.js';
import { testFolder } from '../support/embedded.js';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** What a server says at its start, up to its last line; ended then. Answers its exit code, too, when it ends by itself. */
async function started(env: Record<string, string>, ...args: string[]) {
  const own = { ...process.env, DATABASE_URL: '', NATS_URL: '', PORT: '0', STEPCAST_LOG_LEVEL: 'silent', ...env };
  const child = spawn(process.execPath, [main, ...args], { env: own, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    out += chunk;
    if (/subscriptions .*\n/.test(out)) child.kill('SIGTERM');
  });
  const ended = once(child, 'close');
  const said = await text(child.stderr);
  await ended;
  return { out, said, code: child.exitCode };
}

async function environment() {
  const database = await testDatabase();
  onTestFinished(database.close);
  return { DATABASE_URL: database.url, STEPCAST_DATA_DIR: await testFolder() };
}

test('the addresses of the pages have the token, where no request carries it, and the others have none', async () => {
  const env = await environment();
  const { out } = await started(env);
  const token = (await readFile(join(env.STEPCAST_DATA_DIR, 'token'), 'utf8')).trim();
  expect(out).toMatch(new RegExp(`  page +http://127\\.0\\.0\\.1:\\d+/#token=${token}\\n`));
  expect(out).toMatch(new RegExp(`  GraphiQL +http://127\\.0\\.0\\.1:\\d+/graphiql/#token=${token}\\n`));
  expect(out.split(token)).toHaveLength(3);
  expect((await started(env)).out).toContain(token);
});

test.each([
  [{ STEPCAST_AUTH: 'off' }, []],
  [{}, ['--no-token']],
  [{ STEPCAST_AUTH: 'on' }, []],
])('with %j and %j there is no token', async (more, args) => {
  const { out } = await started({ ...(await environment()), ...more }, ...args);
  expect(out).toMatch(/ page +http:\/\/127\.0\.0\.1:\d+\/\n/);
});

test.each([
  [{ HOST: '0.0.0.0' }, [], 1, 'STEPCAST_AUTH: expected on, as HOST=0.0.0.0 can be reached by other machines'],
  [
    { HOST: '0.0.0.0' },
    ['--no-token'],
    1,
    'STEPCAST_AUTH: expected on, as HOST=0.0.0.0 can be reached by other machines',
  ],
  [{ STEPCAST_AUTH: 'on' }, ['--no-token'], 2, 'expected --no-token or STEPCAST_AUTH=on, got both'],
  [{}, ['--token', 'x'], 2, "Unknown option '--token'"],
  [{}, ['kyes'], 2, 'kyes'],
])('with %j and %j it does not start', async (env, args, code, words) => {
  expect(await started(env, ...args)).toMatchObject({ code, out: '', said: expect.stringContaining(words) });
});
