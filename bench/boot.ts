// From what `npm start` runs, on a tree that is installed and a database that is there, until it is ready.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Location } from '../src/storage/embedded/location.js';
import type { Run } from './support/bench.js';
import { Child, root } from './support/child.js';
import { compare, type Turn } from './support/compare.js';
import { type Figure, single } from './support/figure.js';
import { dataDirectory } from './support/server.js';
import { shipped } from './support/shipped.js';

export async function boot(run: Run): Promise<Figure[]> {
  const { findLocation } =
    await shipped<typeof import('../src/storage/embedded/location.js')>('storage/embedded/location.js');
  const dataDir = await dataDirectory(run);
  const location = await findLocation({ dataDir, log: console });
  const ours = start(run, dataDir);
  // The first one makes the database.
  await ours();
  const figures = await compare(run, {
    bench: 'boot',
    unit: 's to ready',
    ours,
    references: [{ name: 'a bare start of the same PostgreSQL', turn: await bareStart(location), aim: null }],
  });
  const more = figures.map(({ ours, referenceValue }) => single('boot', ours - (referenceValue ?? 0), 's more', '≤ 3'));
  return [...figures, ...more];
}

/** What `npm start` runs: it looks whether all is built, then serves. */
function start(run: Run, dataDir: string): Turn {
  const env = { DATABASE_URL: '', NATS_URL: '', PORT: '0', STEPCAST_DATA_DIR: dataDir };
  return async () => {
    const begun = performance.now();
    const server = run.own(new Child(join(root, 'scripts/start.mjs'), { env }));
    await server.printed(/(http:\/\/127\.0\.0\.1:\d+)/);
    const taken = performance.now() - begun;
    await server.close();
    return taken / 1000;
  };
}

/** PostgreSQL's own way to start a data directory, and to say that it takes connections. */
async function bareStart({ data, binaries, runner }: Location): Promise<Turn> {
  const { program } =
    await shipped<typeof import('../src/storage/embedded/binaries.js')>('storage/embedded/binaries.js');
  const control = (...args: string[]) =>
    promisify(execFile)(program(binaries, 'pg_ctl'), ['-D', data, '-w', '-s', ...args], { cwd: data, ...runner });
  const options = process.platform === 'win32' ? '' : `-c listen_addresses= -c unix_socket_directories="${data}"`;
  return async () => {
    const begun = performance.now();
    await control('-l', `${data}/bare.log`, '-o', options, 'start');
    const taken = performance.now() - begun;
    await control('-m', 'fast', 'stop');
    return taken / 1000;
  };
}
