// Prepares a checkout: installs, generates and builds whatever is missing or out of date.
// Plain Node without dependencies: it runs before they are installed.
//
//   node scripts/ready.mjs [install | generate | build | bench] [--fresh]
//
// Each stage includes those before it. --fresh generates and builds again what is current.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fingerprint, forget, installedAsLocked, isCurrent, remember } from './current.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** In order. `from`: inputs of a step; `to`: its output. It is current while `from` has not changed and `to` exists. */
const steps = [
  {
    stage: 'generate',
    name: 'the database client',
    from: ['prisma/schema.prisma', 'prisma.config.ts'],
    to: 'src/storage/generated',
    commands: [['prisma', 'generate']],
  },
  {
    stage: 'generate',
    name: 'the types of the schema',
    from: ['schema.graphql', 'codegen.yml', 'src/client'],
    to: 'src/generated',
    commands: [['@graphql-codegen/cli', '--config', 'codegen.yml']],
  },
  {
    stage: 'build',
    name: 'the server',
    from: ['src', 'tsconfig.json', 'tsconfig.build.json'],
    to: 'dist/main.js',
    commands: [['typescript', '-p', 'tsconfig.build.json']],
  },
  {
    stage: 'build',
    name: 'the examples',
    from: [
      'examples/cluster-list',
      'examples/postgres-cluster',
      'src/client',
      'src/generated',
      'tsconfig.json',
      'tsconfig.examples.json',
    ],
    to: 'dist/examples/postgres-cluster/main.js',
    commands: [['typescript', '-p', 'tsconfig.examples.json']],
  },
  {
    stage: 'build',
    name: 'the GraphiQL page',
    from: [
      'src/web/graphiql',
      'src/web/sign-in',
      'src/client',
      'src/generated',
      'cookbook',
      'vite.config.ts',
      'scripts/precompress.ts',
    ],
    to: 'dist/web/graphiql/index.html',
    commands: [['vite', 'build', '--mode', 'graphiql']],
  },
  {
    stage: 'build',
    name: 'the page',
    from: [
      'src/web/page',
      'src/web/sign-in',
      'src/client',
      'src/generated',
      'package.json',
      'vite.config.ts',
      'scripts/precompress.ts',
    ],
    to: 'dist/web/page/index.html',
    commands: [['vite', 'build', '--mode', 'page']],
  },
  {
    stage: 'bench',
    name: 'the benchmarks',
    from: ['bench', 'src', 'tsconfig.json'],
    to: 'dist-bench/bench/run.js',
    commands: [['typescript', '-p', 'bench']],
  },
];
const stages = ['install', 'generate', 'build', 'bench'];

/** Runs all steps up to `stage` that are not current. On failure, exits the process with the error on stderr. */
export async function ready(stage, { fresh = false } = {}) {
  checkNode();
  await install();
  for (const step of steps.filter((step) => stages.indexOf(step.stage) <= stages.indexOf(stage))) {
    await perform(step, fresh);
  }
}

function checkNode() {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const wanted = engines.node.replace('>=', '').split('.').map(Number);
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > wanted[0] || (major === wanted[0] && minor >= wanted[1])) return;
  fail(`Stepcast needs Node ${engines.node}; this is ${process.version}, at ${process.execPath}`);
}

async function install() {
  const state = installedAsLocked(root);
  if (state === 'yes') return;
  const command = state === 'missing' ? 'ci' : 'install';
  say(`Installing dependencies (npm ${command})`);
  await run(npm([command, '--include=dev', '--no-audit', '--no-fund']));
}

async function perform(step, fresh) {
  const inputs = fingerprint(root, [...step.from, 'package-lock.json'], step.commands);
  if (!fresh && isCurrent(root, step.to, inputs)) return;
  say(`${step.stage === 'generate' ? 'Generating' : 'Building'} ${step.name}`);
  forget(root, step.to);
  for (const [tool, ...args] of step.commands) await run([process.execPath, [bin(tool), ...args]]);
  remember(root, step.to, inputs);
}

/** The npm that runs this script, else the one on the path. The former needs no shell, unlike npm.cmd on Windows. */
function npm(args) {
  const script = process.env.npm_execpath;
  return script?.endsWith('.js')
    ? [process.execPath, [script, ...args]]
    : ['npm', args, { shell: process.platform === 'win32' }];
}

/** The script behind a tool's command. */
export function bin(tool) {
  const folder = join(root, 'node_modules', tool);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof bin === 'string' ? bin : Object.values(bin)[0]);
}

/** Runs a tool, and prints its output only if it fails. */
async function run([command, args, options]) {
  const child = spawn(command, args, { ...options, cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk));
  const code = await endOf(child);
  if (code === 0) return;
  process.stderr.write(Buffer.concat(output));
  fail(`${[command, ...args].join(' ')}\nended with ${code}`);
}

/** Resolves with the exit code. A signal to this process ends the tool as well. */
async function endOf(child) {
  const stop = (signal) => {
    child.kill(signal);
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject).once('close', (code, signal) => resolve(code ?? signal));
    });
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM']) process.removeListener(signal, stop);
  }
}

const say = (line) => console.error(`▸ ${line}`);
function fail(message) {
  console.error(`✗ ${message}`);
  process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({ options: { fresh: { type: 'boolean' } }, allowPositionals: true });
  const [stage = 'build'] = positionals;
  if (!stages.includes(stage)) fail(`expected one of ${stages.join(', ')}, got ${JSON.stringify(stage)}`);
  await ready(stage, values);
}
