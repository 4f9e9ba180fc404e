// Loaded into a server under test by `node --import`: gives the benchmark what cannot be measured from outside.
import pg from 'pg';
import { answer } from './child.js';
import { memory } from './memory.js';

let statements = 0;
let reads = 0;
const writing = new WeakSet<pg.Client>();
const { query } = pg.Client.prototype;
pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
  const [given] = args as [string | { text?: string }];
  const text = typeof given === 'string' ? given : given.text;
  // The heartbeat of the connection that listens: one for the whole server, every few seconds, whoever follows what.
  const isHeartbeat = text?.includes('synchronous_commit') ?? false;
  if (!isHeartbeat) statements += 1;
  if (text?.startsWith('BEGIN')) writing.add(this);
  if (!writing.has(this) && !isHeartbeat) reads += 1;
  if (text === 'COMMIT' || text === 'ROLLBACK') writing.delete(this);
  return (query as (...args: unknown[]) => unknown).apply(this, args);
} as typeof query;

answer({
  /** SQL statements sent since the process began, heartbeats aside. */
  statements: () => statements,
  /** Of these, the ones outside of transactions: writing is always in one. */
  reads: () => reads,
  memory,
  /** Microseconds of processor time used since the process began. */
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
});
process.channel?.unref();
