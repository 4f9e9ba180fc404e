// Tries the Dockerfile where there is no Docker: takes its steps, in order, with the folders of the image below a temporary one, as a user who
// is not root, and starts what came of it. What only an engine does (the base image, HEALTHCHECK's timing, a read-only root) it cannot try.
// Needs a registry, or npm's cache.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const image = mkdtempSync(join(tmpdir(), 'stepcast-image-'));
const user = process.getuid() === 0 ? { uid: 1000, gid: 1000 } : {};
const settings = {};
let entrypoint = [];
let folder = image;

try {
  give(image);
  for (const { instruction, text } of instructions()) await take(instruction, text);
  await tryServer(['stepcast:embedded', { STEPCAST_ALLOWED_HOSTS: 'stepcast.example' }]);
} finally {
  rmSync(image, { recursive: true, force: true });
}

/** Up to the image with the embedded database, which starts without anything else. */
function instructions() {
  const text = readFileSync(join(root, 'deploy/Dockerfile'), 'utf8')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n/g, ' ');
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const all = lines.map((line) => ({
    instruction: line.split(' ', 1)[0],
    text: line.slice(line.indexOf(' ') + 1).trim(),
  }));
  return all.slice(
    0,
    all.findIndex(({ text }) => text === 'base AS server'),
  );
}

async function take(instruction, text) {
  if (instruction === 'WORKDIR') folder = made(text);
  if (instruction === 'ENV') Object.assign(settings, Object.fromEntries(text.split(' ').map((one) => one.split('='))));
  if (instruction === 'ENTRYPOINT') entrypoint = JSON.parse(text);
  if (instruction === 'COPY') copy(text.split(' '));
  // The user of the image's own is there already: us.
  if (instruction === 'RUN') run('sh', ['-c', placed(text.replace('-o node -g node ', ''))]);
}

function copy(words) {
  const fromStage = words[0].startsWith('--from=');
  const names = fromStage ? words.slice(1) : words;
  const sources = names
    .slice(0, -1)
    .flatMap((name) => (name === '.' ? context() : [fromStage ? inStage(name) : join(root, name)]));
  for (const source of sources) {
    const target =
      names.at(-1) === '.' || names.at(-1) === './' ? join(folder, basename(source)) : join(folder, names.at(-1));
    cpSync(source, target, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => fromStage || isIncluded(path),
    });
    give(target);
  }
}

function inStage(path) {
  return join(image, path);
}

/** What .dockerignore leaves of the checkout. */
function context() {
  const lines = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n');
  const wanted = lines.filter((line) => line.startsWith('!')).map((line) => asPattern(line.slice(1)));
  const names = readdirSync(root).filter((name) => wanted.some((pattern) => pattern.test(name)));
  return names.map((name) => join(root, name));
}

function asPattern(name) {
  return new RegExp(`^${name.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
}

function isIncluded(path) {
  return !/\/(generated|node_modules|\.env[^/]*)$/.test(path);
}

/** The folders of the image, as a command names them, below ours. */
function placed(text) {
  return text.replaceAll(/(?<= )\/(embedded-postgres|opentelemetry|var\/lib\/stepcast|app|build)/g, `${image}/$1`);
}

function made(path) {
  mkdirSync(join(image, path), { recursive: true });
  give(join(image, path));
  return join(image, path);
}

function give(path) {
  if (user.uid !== undefined) spawnSync('chown', ['-R', `${user.uid}:${user.gid}`, path]);
  if (path === image) chmodSync(path, 0o755);
}

function run(command, args) {
  console.log(`· ${args.at(-1).slice(0, 100)}`);
  const env = { ...process.env, HOME: image, npm_config_cache: join(image, '.npm'), CI: 'true' };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, env, ...user, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.at(-1)} ended with ${status}\n${stdout}${stderr}`);
}

async function tryServer([name, given]) {
  for (const path of ['src', 'node_modules/typescript', 'node_modules/vitest'].map((path) => join(folder, path))) {
    if (existsSync(path)) throw new Error(`expected an image without ${path}`);
  }
  const env = {
    PATH: process.env.PATH,
    ...settings,
    ...given,
    PORT: '0',
    STEPCAST_DATA_DIR: join(image, settings.STEPCAST_DATA_DIR),
  };
  const [command, ...args] = entrypoint.map((word) => word.replace(/^\/app/, join(image, 'app')));
  const server = spawn(command, args, { cwd: folder, env, ...user, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(server, 'exit');
  try {
    const url = (await addressOf(server)).replace('0.0.0.0', '127.0.0.1');
    const { status } = await fetch(`${url}/livez`);
    if (status !== 200) throw new Error(`expected 200 at /livez, got ${status}`);
    const refused = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    if (refused.status !== 401) throw new Error(`expected 401 without credentials, got ${refused.status}`);
  } finally {
    server.kill('SIGTERM');
  }
  const [code] = await ended;
  if (code !== 0) throw new Error(`expected the server to end with 0, got ${code}`);
  console.log(`✓ ${name} is built, starts, asks for credentials, and stops by SIGTERM`);
}

async function addressOf(server) {
  for await (const line of createInterface(server.stdout)) {
    const address = / GraphQL +(http:\S+)\/graphql$/.exec(line)?.[1];
    if (address) return address;
  }
  throw new Error('expected the server to say where it answers, got its end');
}
