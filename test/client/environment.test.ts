import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { authorization } from '../../src/client/credentials.js';
import { tokenFromEnvironment } from '../../src/client/environment.js';

const here = 'http://127.0.0.1:4000/graphql';

/** A folder of the test's own. */
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'stepcast-token-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

/** What a client sends that has its token from this environment. */
const sent = (env: Record<string, string>, url = here) => authorization(tokenFromEnvironment({ url, env }));

test('STEPCAST_TOKEN comes before the file, and the file before the data directory', async () => {
  const path = folder();
  writeFileSync(join(path, 'file'), 'of-the-file\n');
  writeFileSync(join(path, 'token'), 'of-the-server\n');
  const env = { STEPCAST_TOKEN: 'of-the-variable', STEPCAST_TOKEN_FILE: join(path, 'file'), STEPCAST_DATA_DIR: path };
  expect(await sent(env)).toEqual({ authorization: 'Bearer of-the-variable' });
  expect(await sent({ ...env, STEPCAST_TOKEN: '' })).toEqual({ authorization: 'Bearer of-the-file' });
  expect(await sent({ STEPCAST_DATA_DIR: path })).toEqual({ authorization: 'Bearer of-the-server' });
});

test('a file is read each time, so that its token may be replaced', async () => {
  const path = join(folder(), 'file');
  writeFileSync(path, 'first');
  const token = tokenFromEnvironment({ url: here, env: { STEPCAST_TOKEN_FILE: path } });
  expect(await authorization(token)).toEqual({ authorization: 'Bearer first' });
  writeFileSync(path, 'second');
  expect(await authorization(token)).toEqual({ authorization: 'Bearer second' });
});

test('the token of a data directory is sent to this machine only', async () => {
  const path = folder();
  writeFileSync(join(path, 'token'), 'of-the-server');
  const env = { STEPCAST_DATA_DIR: path };
  for (const url of ['http://localhost:4000/graphql', 'http://[::1]:4000/graphql', 'http://127.0.0.2/graphql'])
    expect(await sent(env, url)).toEqual({ authorization: 'Bearer of-the-server' });
  for (const url of ['https://stepcast.example/graphql', 'http://127.0.0.1.example/graphql', 'http://10.0.0.1/graphql'])
    expect(await sent(env, url)).toEqual({});
});

test('without a data directory, or without a token in it, none is sent', async () => {
  const path = folder();
  writeFileSync(join(path, 'no-folder'), '');
  expect(await sent({ STEPCAST_DATA_DIR: path })).toEqual({});
  expect(await sent({ STEPCAST_DATA_DIR: join(path, 'nowhere') })).toEqual({});
  expect(await sent({ STEPCAST_DATA_DIR: join(path, 'no-folder') })).toEqual({});
});

test('a file that was named and cannot be read, or is empty, is told, and may be there later', async () => {
  const path = folder();
  const nowhere = join(path, 'nowhere');
  const said = `cannot get a token: STEPCAST_TOKEN_FILE: expected a file that can be read, got ENOENT for ${nowhere}`;
  await expect(sent({ STEPCAST_TOKEN_FILE: nowhere })).rejects.toMatchObject({ code: 'UNAVAILABLE', message: said });
  writeFileSync(join(path, 'empty'), '\n');
  await expect(sent({ STEPCAST_TOKEN_FILE: join(path, 'empty') })).rejects.toThrow('got an empty one');
  mkdirSync(join(path, 'token'));
  await expect(sent({ STEPCAST_DATA_DIR: path })).rejects.toThrow('the token of the server on this machine');
});

test('what cannot be a token is refused without showing it', async () => {
  const error = await sent({ STEPCAST_TOKEN: 'secret\r\nx-other: 1' }).catch((thrown) => thrown);
  expect(error).toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(error.message).not.toContain('secret');
});
