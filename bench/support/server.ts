import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Run } from './bench.js';
import { built, Child, root } from './child.js';

/** A server that runs as its users run it, in a process of its own. */
export interface Server {
  readonly child: Child;
  readonly url: string;
  /** What a peer needs in its environment to use the same database. */
  readonly env: Readonly<Record<string, string>>;
}

/** Starts one on a free port, by default with a new embedded database. */
export async function startServer(run: Run, env: Readonly<Record<string, string>> = {}): Promise<Server> {
  const database = env.DATABASE_URL ? {} : { STEPCAST_DATA_DIR: env.STEPCAST_DATA_DIR ?? (await dataDirectory(run)) };
  const child = run.own(
    new Child(join(root, 'dist/main.js'), {
      options: ['--expose-gc', '--import', built('support/probe.js'), ...profiled()],
      env: { DATABASE_URL: '', NATS_URL: '', HOST: '127.0.0.1', PORT: '0', STEPCAST_AUTH: 'off', ...database, ...env },
    }),
  );
  const url = await child.printed(/(http:\/\/127\.0\.0\.1:\d+)/);
  return { child, url: `${url}/graphql`, env: { DATABASE_URL: env.DATABASE_URL ?? '', ...database } };
}

/** With BENCH_PROFILE=folder, the server writes a CPU profile to that folder. */
const profiled = () => (process.env.BENCH_PROFILE ? ['--cpu-prof', '--cpu-prof-dir', process.env.BENCH_PROFILE] : []);

/** Where an embedded database may live for the run. */
export async function dataDirectory(run: Run): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'stepcast-bench-'));
  // Started by root, the database is another user's, who must be able to reach it.
  await chmod(path, 0o755);
  run.own({ close: () => rm(path, { recursive: true, force: true }) });
  return join(path, 'data');
}

/** A peer that serves the same API. */
export async function startPeer(run: Run, name: string, env: Server['env'] = {}): Promise<string> {
  return run.own(new Child(built(`peers/${name}.js`), { env })).ask<string>('url');
}

/** A process for clients. */
export const startClients = (run: Run, name: string) => run.own(new Child(built(`clients/${name}.js`)));

/** Where a server's subscriptions are. */
export const webSocket = (url: string) => url.replace(/^http/, 'ws');
