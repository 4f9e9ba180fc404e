// Tests the package as its users get it: packs the built project, installs it into an empty folder, starts the server
// there, sends a request, and uses the client with its types. Needs a registry, or npm's cache.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { bin, ready } from './ready.mjs';

/** MiB, with the database. */
const largest = 215;

/** TypeScript that uses the client. */
const typed = `
import { createClient, type Cluster, type Progress, StepcastError } from 'stepcast/client';
import { tokenFromEnvironment } from 'stepcast/environment';
const url = 'http://127.0.0.1:4000/graphql';
const client = createClient({ url, token: tokenFromEnvironment({ url }) });
export const created: Promise<Cluster> = client.createCluster({ name: 'one' });
export const read = async (id: string): Promise<string | undefined> => (await client.cluster(id))?.name;
export const shown = (progress: Progress): unknown => progress;
export const code = (error: StepcastError): string => error.code;
// @ts-expect-error a name is a string: types are there, and are not all \`any\`.
client.createCluster({ name: 1 });
`;

/** A program that uses the client. */
const use = `
import { createClient } from 'stepcast/client';
import { tokenFromEnvironment } from 'stepcast/environment';
const url = process.argv[2];
const client = createClient({ url, token: tokenFromEnvironment({ url }) });
const { id } = await client.createCluster({ name: 'one' });
const cluster = await client.cluster(id);
if (cluster?.name !== 'one') throw new Error('expected the created cluster, got ' + JSON.stringify(cluster));
process.exit(0);
`;

const root = fileURLToPath(new URL('..', import.meta.url));
if (!process.argv.includes('--as-built')) await ready('build');
const folder = mkdtempSync(join(tmpdir(), 'stepcast-package-'));
// Started as root, the database runs as another user, who must be able to enter the folder.
chmodSync(folder, 0o755);
try {
  const [{ filename }] = JSON.parse(npm(root, 'pack', '--json', '--ignore-scripts', '--pack-destination', folder));
  write('package.json', '{ "private": true, "type": "module" }');
  npm(folder, 'install', '--prefer-offline', '--no-audit', '--no-fund', join(folder, filename));
  say(`installed: ${checkSize()} MiB, ${largest} at most`);
  checkTypes();
  say('its types hold under both kinds of resolution');
  await checkServer();
  say('it starts, answers, and its client reads what a mutation stored');
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function npm(cwd, ...args) {
  const script = process.env.npm_execpath;
  return script?.endsWith('.js') ? run(cwd, process.execPath, script, ...args) : run(cwd, 'npm', ...args);
}

function run(cwd, command, ...args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')} ended with ${status ?? error}\n${stdout}${stderr}`);
}

function checkSize() {
  const size = Math.ceil(sizeOf(join(folder, 'node_modules')) / 2 ** 20);
  if (size <= largest) return size;
  throw new Error(`expected the installed package to take ${largest} MiB at most, got ${size}`);
}

/** Bytes on the disk, as `du` counts them. */
function sizeOf(path) {
  const names = readdirSync(path, { withFileTypes: true });
  return names.reduce((sum, name) => {
    const inner = join(path, name.name);
    if (name.isDirectory()) return sum + sizeOf(inner);
    return name.isFile() ? sum + statSync(inner).blocks * 512 : sum;
  }, 0);
}

function checkTypes() {
  write('typed.ts', typed);
  for (const [module, moduleResolution] of Object.entries({ nodenext: 'nodenext', esnext: 'bundler' })) {
    const options = ['--strict', '--noEmit', '--target', 'es2022', '--lib', 'es2023,dom', '--types', ''];
    run(
      folder,
      process.execPath,
      bin('typescript'),
      ...options,
      '--module',
      module,
      '--moduleResolution',
      moduleResolution,
      'typed.ts',
    );
  }
}

async function checkServer() {
  write('use.mjs', use);
  const env = { ...process.env, PORT: '0', DATABASE_URL: '', NATS_URL: '', STEPCAST_DATA_DIR: join(folder, 'data') };
  const command = join(folder, 'node_modules/.bin/stepcast');
  const server = spawn(command, {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: process.platform === 'win32',
  });
  const ended = once(server, 'exit');
  try {
    run(folder, process.execPath, 'use.mjs', await addressOf(server));
  } finally {
    server.kill('SIGTERM');
  }
  const [code] = await ended;
  if (code !== 0) throw new Error(`expected the server to end with 0, got ${code}`);
}

async function addressOf(server) {
  for await (const line of createInterface(server.stdout)) {
    const address = / GraphQL +(http:\S+)$/.exec(line)?.[1];
    if (address) return address;
  }
  throw new Error('expected the server to say where it answers, got its end');
}

function write(name, text) {
  writeFileSync(join(folder, name), text);
}

function say(text) {
  console.log(`✓ ${text}`);
}
