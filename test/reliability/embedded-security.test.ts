import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, readFile, stat } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { program } from '../../src/storage/embedded/binaries.js';
import { chooseEndpoint } from '../../src/storage/embedded/endpoint.js';
import { launch } from '../../src/storage/embedded/launch.js';
import { findLocation } from '../../src/storage/embedded/location.js';
import { migrate } from '../../src/storage/migrations/migrate.js';
import { readMigrations } from '../../src/storage/migrations/migration.js';
import { quiet } from '../support/database.js';
import { ask, asSuperuser, open, postmasterOf, testFolder } from '../support/embedded.js';
import { spawnOpener } from '../support/opener.js';

const asRoot = process.getuid?.() === 0;
const nobody = { uid: 65534, gid: 65534 };
const daemon = { uid: 1, gid: 1 };

test('servers connect as a role that is no superuser, makes no databases and no roles, and owns what it needs', async () => {
  const { url } = await open(await testFolder());
  const role = `SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls FROM pg_roles WHERE rolname = current_user`;
  expect(await ask(url, role)).toEqual([false]);
  await expect(ask(url, `COPY (SELECT 1) TO PROGRAM 'true'`)).rejects.toMatchObject({ code: '42501' });
  await migrate({ connectionString: url }, { log: quiet });
  expect(await ask(url, 'ANALYZE cluster')).toEqual([]);
});

test('only the user who runs Stepcast, and root, may connect; and only through the socket', async () => {
  const { url } = await open(await testFolder());
  const rules = `SELECT type || ' ' || auth_method || ' ' || array_to_string(options, ' ') FROM pg_hba_file_rules`;
  expect(await ask(asSuperuser(url), rules)).toEqual(['local peer map=stepcast']);
  expect(await ask(url, 'SHOW listen_addresses')).toEqual(['']);
});

describe('what PostgreSQL is told of our environment', () => {
  afterEach(() => void delete process.env.DATABASE_URL);
  test.skipIf(process.platform !== 'linux')('is no secret of ours', async () => {
    process.env.DATABASE_URL = 'postgresql://ann:secret@host/events';
    const dataDir = await testFolder();
    await open(dataDir);
    const environ = await readFile(`/proc/${await postmasterOf(dataDir)}/environ`, 'utf8');
    const names = environ.split('\0').map((variable) => variable.split('=')[0]);
    // What PostgreSQL adds to its own.
    expect(names.filter((name) => !name?.startsWith('PG') && name !== '').sort()).toEqual(['LC_ALL', 'PATH', 'TZ']);
    expect(environ).not.toContain('secret');
  });
});

describe.skipIf(!asRoot)('as root', () => {
  test.each(['stepcast', 'stepcast_admin', 'nobody'])(
    'a process of the user that PostgreSQL runs as is not let in as %s',
    async (role) => {
      const { url } = await open(await testFolder());
      expect(await connectAs(nobody, url.replace('stepcast@', `${role}@`))).toMatch(/Peer authentication failed|28000/);
    },
  );

  test('another user’s data directory is refused in words', async () => {
    const dataDir = await testFolder();
    await chown(dataDir, daemon.uid, daemon.gid);
    await chmod(dataDir, 0o777);
    const owner = spawnOpener(dataDir, daemon);
    expect(await owner.said).toHaveProperty('url');
    expect(await spawnOpener(dataDir, nobody).said).toEqual({
      error: 'StartError',
      message: expect.stringMatching(
        /^expected a data directory of this user \(65534\), got one of user 1: .*\. Start Stepcast as/,
      ),
    });
  });

  test('root and the owner of a data directory share it', async () => {
    const dataDir = await testFolder();
    await chown(dataDir, daemon.uid, daemon.gid);
    const { url } = await spawnOpener(dataDir, daemon).said;
    await ask(url, 'CREATE TABLE kept AS SELECT 7 AS number');
    const shared = await open(dataDir);
    expect(await ask(shared.url, 'SELECT number FROM kept')).toEqual([7]);
    expect(await connectAs(daemon, url)).toBe('connected');
  });
});

describe('a data directory of the version before, whose only role was a superuser whom everyone could be', () => {
  test.each(['stopped', 'running'])('opens with its data, when it was %s', async (state) => {
    const dataDir = await testFolder();
    const { url, stop } = await earlier(dataDir);
    await migrate({ connectionString: url }, { log: quiet });
    await ask(url, `INSERT INTO plugin VALUES ('t', 'kept', null, '{}', '{}', '{}', now(), now())`);
    if (state === 'stopped') await stop();
    const opened = await Promise.all([open(dataDir), open(dataDir), open(dataDir)]);
    const now = opened[0].url;
    expect(await ask(now, 'SELECT name FROM plugin')).toEqual(['kept']);
    expect(await ask(now, 'SELECT rolname::text FROM pg_roles WHERE rolsuper')).toEqual(['stepcast_admin']);
    const owners = `SELECT DISTINCT relowner::regrole::text FROM pg_class WHERE relnamespace = 'public'::regnamespace`;
    expect(await ask(now, owners)).toEqual(['stepcast']);
    const next = {
      name: '29990101000000_later',
      sql: `ALTER TABLE plugin ADD later int; ALTER TYPE "StepState" ADD VALUE 'LATER'`,
    };
    expect(
      await migrate({ connectionString: now }, { log: quiet, migrations: [...(await readMigrations()), next] }),
    ).toEqual([next.name]);
    if (asRoot) expect(await connectAs(nobody, now)).toContain('Peer authentication failed');
  });
});

/** As that version made and ran it. */
async function earlier(dataDir: string) {
  const location = await findLocation({ dataDir, log: quiet });
  const options = ['--pgdata', location.data, '--username=stepcast', '--auth=trust', '--encoding=UTF8', '--locale=C'];
  if (location.runner) await chown(dataDir, location.runner.uid, location.runner.gid);
  await promisify(execFile)(program(location.binaries, 'initdb'), options, { cwd: '/', ...location.runner });
  expect((await stat(location.data)).mode & 0o777).toBe(0o700);
  const endpoint = await chooseEndpoint(location);
  await launch(location, endpoint);
  const stop = ['stop', '--pgdata', location.data, '--mode', 'fast'];
  return {
    url: `postgresql://stepcast@${encodeURIComponent(endpoint.socketDir)}:5432/postgres`,
    stop: () => promisify(execFile)(program(location.binaries, 'pg_ctl'), stop, { cwd: '/', ...location.runner }),
  };
}

/** What another user's process gets that connects: `connected`, or why not. */
async function connectAs(user: { uid: number; gid: number }, url: string): Promise<string> {
  const pg = fileURLToPath(import.meta.resolve('pg'));
  const script = `new (require(process.argv[1]).Client)(process.argv[2]).connect().then(() => 'connected', String).then((said) => { console.log(said); process.exit(); })`;
  const child = spawn(process.execPath, ['-e', script, pg, url], {
    cwd: '/',
    stdio: ['ignore', 'pipe', 'inherit'],
    ...user,
  });
  onTestFinished(() => void child.kill());
  const [said] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return said.trim();
}
