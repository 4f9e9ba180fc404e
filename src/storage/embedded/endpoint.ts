import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chown, lstat, mkdir, readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StartError } from '../start-error.js';
import { role } from './authentication.js';
import { passwordFile } from './data-directory.js';
import type { Location } from './location.js';
import { findPostmaster } from './postmaster.js';

/** Where PostgreSQL listens: on a socket in a folder of its own, or, on Windows, on loopback. */
export interface Endpoint {
  /** Empty on loopback. */
  readonly socketDir: string;
  readonly port: number;
}

/** Where the one that runs listens, or where one that is to be started shall. */
export async function chooseEndpoint(location: Location): Promise<Endpoint> {
  const running = await findPostmaster(location.data);
  if (process.platform === 'win32') return { socketDir: '', port: running?.port ?? (await freePort()) };
  // One that has just been started has not yet written where, or only half of it; its status comes after.
  return { socketDir: running?.status ? running.socketDir : await socketFolder(location), port: 5432 };
}

/** As pg, and every tool of PostgreSQL's, takes it. */
export async function urlOf(location: Location, { socketDir, port }: Endpoint, user = role): Promise<string> {
  if (socketDir) return `postgresql://${user}@${encodeURIComponent(socketDir)}:${port}/postgres?sslmode=disable`;
  return `postgresql://${user}:${await passwordOf(location)}@127.0.0.1:${port}/postgres?sslmode=disable`;
}

/** That of all roles, on Windows; elsewhere there is none. */
export const passwordOf = async ({ data }: Location): Promise<string | null> =>
  process.platform === 'win32' ? (await readFile(passwordFile(data), 'utf8')).trim() : null;

/** The data directory itself, to which no other user has access. */
async function socketFolder(location: Location): Promise<string> {
  const fits = Buffer.byteLength(join(location.data, '.s.PGSQL.5432')) <= longestSocketPath;
  return fits ? location.data : privateFolder(location);
}

/** 107 bytes on Linux; macOS has the least. */
const longestSocketPath = 103;

/** Short, the same at every start, and inaccessible to others: another user could put a socket of its own in it. */
async function privateFolder({ data, runner }: Location): Promise<string> {
  const folder = join(tmpdir(), `stepcast-${createHash('sha256').update(data).digest('hex').slice(0, 16)}`);
  const made = await mkdir(folder, { mode: 0o700 }).then(
    () => true,
    () => false,
  );
  if (made && runner) await chown(folder, runner.uid, runner.gid);
  const found = await lstat(folder);
  const owner = runner?.uid ?? process.getuid?.();
  if (found.isDirectory() && found.uid === owner && (found.mode & 0o077) === 0) return folder;
  throw new StartError(
    `expected ${folder} to be a folder that only user ${owner} may enter (for the database's socket: the path of ${data} is too long for one), got something else: remove it`,
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
