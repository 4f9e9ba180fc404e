import { execFile } from 'node:child_process';
import { chmod, mkdir, rmdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Log } from '../../src/domain/ports.js';
import { copyBinaries, findBinaries, program } from '../../src/storage/embedded/binaries.js';
import { openEmbedded } from '../../src/storage/embedded/embedded.js';
import { StartError } from '../../src/storage/start-error.js';
import { quiet } from '../support/database.js';
import { ask, open, testFolder } from '../support/embedded.js';
import { spawnOpener } from '../support/opener.js';

const asRoot = process.getuid?.() === 0;
const refused = (words: string) =>
  expect.objectContaining({ name: 'StartError', message: expect.stringContaining(words) });

describe('what it cannot work with is told in words', () => {
  test('a data directory that is not one', async () => {
    const file = join(await testFolder(), 'file');
    await writeFile(file, '');
    const opening = openEmbedded({ dataDir: join(file, 'data'), log: quiet });
    await expect(opening).rejects.toEqual(refused(`expected a data directory that can be written, got ${file}/data`));
    await expect(opening).rejects.toBeInstanceOf(StartError);
  });

  test('a data directory that this user may not write', async () => {
    const dataDir = await testFolder();
    await chmod(dataDir, 0o555);
    const opener = spawnOpener(dataDir, asRoot ? { uid: 65534, gid: 65534 } : {});
    expect(await opener.said).toEqual({
      error: 'StartError',
      message: expect.stringMatching(/^expected a data directory that can be written, got .*EACCES.*STEPCAST_DATA_DIR/),
    });
  });

  test('a data directory of another major version', async () => {
    const dataDir = await testFolder();
    await mkdir(join(dataDir, 'postgres'));
    await writeFile(join(dataDir, 'postgres/PG_VERSION'), '17\n');
    await expect(openEmbedded({ dataDir, log: quiet })).rejects.toEqual(
      refused(`expected a data directory of PostgreSQL 18, got one of 17: ${dataDir}/postgres`),
    );
  });

  test('a data directory that PostgreSQL refuses: its own words, and where they are', async () => {
    const dataDir = await testFolder();
    await openEmbedded({ dataDir, log: quiet }).then(({ close }) => close());
    await writeFile(join(dataDir, 'postgres/postgresql.conf'), 'no_such_setting = 1\n');
    await expect(openEmbedded({ dataDir, log: quiet })).rejects.toEqual(
      refused('unrecognized configuration parameter "no_such_setting"'),
    );
  });

  test('a platform without binaries: DATABASE_URL is the way out', async () => {
    await expect(findBinaries('sunos', 'x64')).rejects.toEqual(
      refused('there are no PostgreSQL binaries for sunos-x64'),
    );
    await expect(findBinaries('sunos', 'x64')).rejects.toEqual(refused('set DATABASE_URL'));
  });
});

test('a path too long for a socket: it is in a folder of its own, that is nobody else’s', async () => {
  const dataDir = join(await testFolder(), 'deep'.repeat(20), 'deeper'.repeat(20));
  const { url, close } = await openEmbedded({ dataDir, log: quiet });
  const folder = decodeURIComponent(new URL(url).hostname);
  onTestFinished(() => rmdir(folder));
  onTestFinished(close);
  expect(dirname(folder)).toBe(tmpdir());
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect(await ask(url, 'SELECT 1')).toEqual([1]);
});

test('a path too long for a socket, whose folder others may enter, is refused', async () => {
  const dataDir = join(await testFolder(), 'deep'.repeat(20), 'deeper'.repeat(20));
  const { url, close } = await openEmbedded({ dataDir, log: quiet });
  await close();
  const folder = decodeURIComponent(new URL(url).hostname);
  onTestFinished(() => rmdir(folder));
  await chmod(folder, 0o777);
  await expect(openEmbedded({ dataDir, log: quiet })).rejects.toEqual(
    refused(`expected ${folder} to be a folder that only user`),
  );
});

test('a path with commas, quotes and whatever else means something to others', async () => {
  const { url } = await open(join(await testFolder(), `a, "b" 'c' $d %20 ü`));
  expect(await ask(url, 'SELECT 1')).toEqual([1]);
});

test('the binaries work from where they are copied to, and are copied once', async () => {
  const home = await testFolder();
  const binaries = await findBinaries();
  const [copied] = await Promise.all([copyBinaries(binaries, home), copyBinaries(binaries, home)]);
  const { stdout } = await promisify(execFile)(program(copied, 'postgres'), ['--version']);
  expect(stdout).toContain('(PostgreSQL) 18');
  const { mtimeMs } = await stat(program(copied, 'postgres'));
  await copyBinaries(binaries, home);
  expect((await stat(program(copied, 'postgres'))).mtimeMs).toBe(mtimeMs);
});

describe.skipIf(!asRoot)('as root', () => {
  test('it runs as an unprivileged user, who owns its data', async () => {
    const dataDir = await testFolder();
    await open(dataDir);
    expect((await stat(join(dataDir, 'postgres'))).uid).not.toBe(0);
  });

  test('a data directory beyond that user’s reach is replaced by one within it, and the log says so', async () => {
    const [unreachable, elsewhere] = [await testFolder(), await testFolder()];
    await chmod(unreachable, 0o700);
    const said: string[] = [];
    const log: Log = { ...quiet, info: (_, message) => said.push(message) };
    const embedded = await openEmbedded({ dataDir: join(unreachable, 'data'), log, elsewhere });
    onTestFinished(() => embedded.close());
    expect(dirname(decodeURIComponent(new URL(embedded.url).hostname))).toContain(join(elsewhere, 'data-'));
    expect(said).toEqual([expect.stringContaining(`cannot reach ${unreachable}/data: using ${elsewhere}`)]);
  });

  test('it runs as the user whose data it is', async () => {
    const dataDir = await testFolder();
    await chmod(dataDir, 0o777);
    const other = spawnOpener(dataDir, { uid: 65534, gid: 65534 });
    const { url } = await other.said;
    await ask(url, 'CREATE TABLE kept AS SELECT 7 AS number');
    await other.kill();
    expect(await ask((await open(dataDir)).url, 'SELECT number FROM kept')).toEqual([7]);
  });
});
