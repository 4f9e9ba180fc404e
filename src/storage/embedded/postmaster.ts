import { execFile } from 'node:child_process';
import { readFile, readlink, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { program } from './binaries.js';
import { environment } from './environment.js';
import type { Location } from './location.js';

/** PostgreSQL's first process, as its pid file describes it. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** The folder of its socket; empty where it listens on loopback. */
  readonly socketDir: string;
  /** `starting`, `ready`, `stopping`. */
  readonly status: string;
}

/** The one that runs on this data directory, if one does. */
export async function findPostmaster(data: string): Promise<Postmaster | undefined> {
  const said = await readPidFile(data);
  return said && (await isPostmaster(said.pid, data)) ? said : undefined;
}

/**
 * PostgreSQL overlooks lock files whose process is gone, but not those whose number went to another process, as happens
 * after a reboot or in a container, nor empty ones. Young ones are left: another start may be about to be found.
 */
export async function removeStaleLocks(data: string, socketDir: string): Promise<void> {
  const found = await stat(pidFile(data)).catch(() => undefined);
  if (!found || Date.now() - found.mtimeMs < young || (await findPostmaster(data))) return;
  const locks = [join(socketDir, '.s.PGSQL.5432.lock'), pidFile(data)];
  for (const lock of locks) await rm(lock, { force: true });
}

/** Milliseconds. */
const young = 10_000;

/**
 * Ends it, and every connection to it; answers whether it is gone within the time. One that takes long to write its
 * checkpoint, or waits for a process that hangs, is ended without one: its log has everything, and is read at the next start.
 */
export async function stopPostmaster(location: Location, { pid }: Postmaster): Promise<boolean> {
  for (const [mode, ms] of stops) {
    const stop = ['stop', '--pgdata', location.data, '--mode', mode, '--no-wait'];
    const options = { cwd: location.home, env: environment(), timeout: ms, ...location.runner };
    await promisify(execFile)(program(location.binaries, 'pg_ctl'), stop, options);
    // Not pg_ctl's own waiting: it would wait for one that another server starts meanwhile, too.
    for (const deadline = Date.now() + ms; Date.now() < deadline; await delay(10)) {
      if (!(await isPostmaster(pid, location.data))) return true;
    }
  }
  return false;
}

/** Milliseconds for each way to stop. */
const stops = [
  ['fast', 2_500],
  ['immediate', 1_000],
] as const;

async function readPidFile(data: string): Promise<Postmaster | undefined> {
  const text = await readFile(pidFile(data), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const [pid, , , port, socketDir, , , status] = text.split('\n');
  return { pid: Number(pid), port: Number(port), socketDir: socketDir ?? '', status: status?.trim() ?? '' };
}

async function isPostmaster(pid: number, data: string): Promise<boolean> {
  if (pid === 0 || !isAlive(pid)) return false;
  if (process.platform === 'win32') return true;
  if (process.platform === 'linux') return (await readlink(`/proc/${pid}/cwd`).catch(() => '')) === data;
  const { stdout } = await promisify(execFile)('ps', ['-p', `${pid}`, '-o', 'command=']).catch(() => ({ stdout: '' }));
  return stdout.includes('postgres');
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const pidFile = (data: string) => join(data, 'postmaster.pid');
