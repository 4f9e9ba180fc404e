// fail.mjs CAUSE N HOST FOLDER: fails for real, of the cause, with names and numbers of the variant N.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';

const [cause, number, host, folder] = process.argv.slice(2);
const n = Number(number);
const port = 20_000 + 17 * n;

const causes = {
  missing: () => readFileSync(join(folder, `${host}.yaml`)),
  refused: async () => {
    try {
      await fetch(`http://127.0.0.1:${port}/agents/${host}`);
    } catch (cause) {
      throw new Error(`${host} could not be registered after ${n} attempts`, { cause });
    }
  },
  socket: () => connect(port, '127.0.0.1'),
  unequal: () => assert.deepEqual({ host, state: 'BUILD', ports: [port] }, { host, state: 'ACTIVE', ports: [port] }),
  parse: () => {
    writeFileSync(join(folder, `${host}.json`), `<html><title>502 ${host}</title>`);
    JSON.parse(readFileSync(join(folder, `${host}.json`), 'utf8'));
  },
  absent: () => ({ [host]: { addresses: undefined } })[host].addresses.length,
  notCallable: () => ({ [host]: { start: n } })[host].start(),
  module: () => import(`./drivers/driver-${n}.mjs`),
  child: () => execFileSync('grep', ['-e', '[', host], { stdio: 'pipe' }),
  timeout: async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    await fetch(`http://127.0.0.1:${silent.address().port}/${host}`, { signal: AbortSignal.timeout(10 * n) });
  },
  text: () => Promise.reject(`quota: ${n} of ${n} addresses are in use (${host})`),
  fields: () => {
    throw Object.assign(new Error('instance went to ERROR'), {
      host,
      instanceId: `i-${(n * 7919).toString(16)}`,
      code: 'E_INSTANCE',
    });
  },
  several: () => {
    throw new AggregateError(
      [new Error(`${host}: disk ${n} is read-only`), new Error(`${host}: disk ${n + 1} is read-only`)],
      'disks',
    );
  },
  argument: () => writeFileSync(join(folder, host), { n }),
};

if (cause === 'causes') console.log(Object.keys(causes).join(' '));
else await causes[cause]();
