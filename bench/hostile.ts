// A minute (an hour with HOSTILE_SECONDS=3600) of hostile clients beside 200 honest readers: what these notice.
import { hostileHour } from './hostile/hour.js';
import type { Run } from './support/bench.js';
import { type Figure, single } from './support/figure.js';
import { startServer } from './support/server.js';

export async function hostile(run: Run): Promise<Figure[]> {
  const server = await startServer(run);
  const memory = async () => (await server.child.ask<number>('memory')) / 2 ** 20;
  const url = new URL(server.url).origin;
  const seconds = Number(process.env.HOSTILE_SECONDS ?? run.size(60, 3));
  const readers = run.size(200, 10);
  // The first round brings in what is there once for all.
  await hostileHour({ url, seconds: seconds / 3, readers });
  const before = await memory();
  const outcome = await hostileHour({ url, seconds, readers });
  const grown = (await memory()) - before;
  const sorted = [...outcome.livez].sort((a, b) => a - b);
  return [
    single('hostile', outcome.complaints.length, 'honest readers who missed or were told something wrong', '0'),
    single('hostile', sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN, 'ms that /livez took, p99', '< 50'),
    single('hostile', sorted[Math.floor(sorted.length / 2)] ?? Number.NaN, 'ms that /livez took, median', null),
    single('hostile', grown, 'MB of memory gained', 'flat'),
    single('hostile', outcome.resumed, 'honest sockets that ended', '0'),
  ];
}
