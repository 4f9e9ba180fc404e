import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { StartError } from '../start-error.js';
import { program } from './binaries.js';
import type { Endpoint } from './endpoint.js';
import { environment } from './environment.js';
import type { Location } from './location.js';
import { findPostmaster, removeStaleLocks } from './postmaster.js';

/**
 * Starts PostgreSQL in a session of its own: neither Ctrl-C in our terminal nor our own end is its end. Returns when
 * it takes connections, or when it gave way to another start of the same data directory. Throws a StartError with
 * what it said when it does not come up.
 */
export async function launch(location: Location, endpoint: Endpoint): Promise<void> {
  await removeStaleLocks(location.data, endpoint.socketDir);
  const logFile = join(location.home, 'postgres.log');
  // The folder may belong to the user that root runs PostgreSQL as: no link of its making is followed.
  const log = await open(logFile, O_RDWR | O_APPEND | O_CREAT | (O_NOFOLLOW ?? 0), 0o600);
  try {
    const { size } = await log.stat();
    if (await comesUp(run(location, endpoint, log.fd), location.data)) return;
    const said = await tail(log, size);
    if (givesWay.test(said)) return;
    throw new StartError(`PostgreSQL did not start on ${location.data}; it said (in ${logFile}):\n${said.trim()}`);
  } finally {
    await log.close();
  }
}

const { O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW } = constants;

/** Another start was first, or the last processes of one that was killed are still going. */
const givesWay = /lock file "[^"]*" (already exists|is empty)|pre-existing shared memory block/;

function run(location: Location, endpoint: Endpoint, log: number): ChildProcess {
  const settings = Object.entries({ ...durable, ...modest, ...listenOn(endpoint) });
  const options = settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(program(location.binaries, 'postgres'), ['-D', location.data, ...options], {
    cwd: location.home,
    detached: true,
    windowsHide: true,
    stdio: ['ignore', log, log],
    env: environment(),
    ...location.runner,
  });
  child.unref();
  return child;
}

async function comesUp(child: ChildProcess, data: string): Promise<boolean> {
  await once(child, 'spawn').catch((error) => {
    throw new StartError(`PostgreSQL could not be run on ${data}: ${error.message}`, { cause: error });
  });
  while (child.exitCode === null && child.signalCode === null) {
    const postmaster = await findPostmaster(data);
    if (postmaster?.pid === child.pid && postmaster?.status === 'ready') return true;
    await delay(10);
  }
  return false;
}

/** What is acknowledged is on the disk. */
const durable = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' };

/** For one log on one machine, without replicas. */
const modest = {
  shared_buffers: '128MB',
  max_connections: 100,
  wal_level: 'minimal',
  max_wal_senders: 0,
  max_wal_size: '1GB',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // A statement's error is told to whoever sent it. Reports do not belong in this log.
  log_min_messages: 'log',
  log_checkpoints: 'off',
};

/** The list of folders is quoted: a path may hold a comma. */
const listenOn = ({ socketDir, port }: Endpoint) => ({
  port,
  listen_addresses: socketDir ? '' : '127.0.0.1',
  unix_socket_directories: socketDir && `"${socketDir.replaceAll('"', '""')}"`,
  unix_socket_permissions: '0700',
});

async function tail(log: FileHandle, from: number): Promise<string> {
  const { size } = await log.stat();
  const { buffer } = await log.read({ buffer: Buffer.alloc(size - from), position: from });
  return buffer.toString();
}
