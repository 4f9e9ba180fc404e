import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { attacks } from '../../bench/hostile/attacks.js';
import { hostileHour } from '../../bench/hostile/hour.js';
import { testFolder } from '../support/embedded.js';
import { serve } from './serve.js';

/** `HOSTILE_SECONDS=3600` for the whole hour. */
const seconds = Number(process.env.HOSTILE_SECONDS ?? 45);

/** Megabytes: of the server's heap, beyond which Node ends it, and of all its memory. */
const heap = 256;
const resident = 768;

test(`W2, W4, W5: ${seconds} s of hostile clients: 200 honest readers miss nothing, and the server stays within its memory`, {
  timeout: seconds * 1_000 + 180_000,
}, async () => {
  const server = await serve({
    STEPCAST_DATA_DIR: await testFolder(),
    STEPCAST_LOG_LEVEL: 'error',
    NODE_OPTIONS: `--max-old-space-size=${heap}`,
  });
  let largest = 0;
  const onAttack = () => {
    largest = Math.max(largest, residentOf(server.pid));
  };
  const outcome = await hostileHour({ url: server.url, seconds, readers: 200, onAttack });
  expect(outcome.complaints).toEqual([]);
  expect(outcome.acknowledged).toBeGreaterThan(0);
  expect(Object.keys(attacks).filter((name) => !outcome.attacks[name])).toEqual([]);
  expect(largest).toBeLessThan(resident);
  expect(await server.end('SIGTERM')).toBe(0);
});

/** Megabytes; 0 where the system does not say. */
function residentOf(pid: number): number {
  try {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes ?? 0) / 1024;
  } catch {
    return 0;
  }
}
