#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { tokenFromEnvironment } from '../client/environment.js';
import { type Client, createClient, type ServerClock, StepcastError } from '../client/index.js';
import { findCluster } from './find.js';
import { follow } from './follow.js';
import { jsonScreen } from './json.js';
import { plainScreen } from './plain.js';
import type { Screen } from './screen.js';
import { terminalScreen } from './terminal.js';
import { printable } from './text.js';

const usage = `Usage: npm run watch -- <cluster id or name> [--url http://127.0.0.1:4000/graphql] [--wait] [--follow] [--json]

Shows the steps of a cluster's operation live: of the running one, else of the last one, else of the next one.
Ends with the operation, or with the cluster.

  --url      the server's GraphQL URL; else STEPCAST_URL
  --wait     when no operation runs, wait for the next one instead of showing the last
  --follow   continue with later operations, until the cluster is deleted
  --json     print one JSON object per line

The token is that of STEPCAST_TOKEN, else of the file that STEPCAST_TOKEN_FILE names, else, for a server on this
machine, of ./data/token (STEPCAST_DATA_DIR). Files are read again whenever it is needed.

In a terminal the current step is refreshed in place, in colours unless NO_COLOR is set. Elsewhere lines are appended.

Exit code:
  0    the operation succeeded
  1    it failed, was cancelled or interrupted, or the cluster was deleted
  2    the arguments are wrong, or there is no such cluster
  3    the server cannot be reached, or refused to answer
  130  stopped by Ctrl-C (143: by SIGTERM); the operation goes on
  141  the output was closed, as by \`| head\``;

const howToSignIn =
  'Set STEPCAST_TOKEN to a token that the server accepts, or STEPCAST_TOKEN_FILE to a file that holds one.';

process.exitCode = await main().catch(complain);

async function main(): Promise<number> {
  const { values, positionals } = parse();
  if (values.help) return print(usage);
  const [wanted, ...more] = positionals;
  if (wanted === undefined || more.length > 0)
    throw new TypeError(`expected one cluster id or name, got ${positionals.length}\n\n${usage}`);
  const client = createClient({ url: values.url, token: tokenFromEnvironment(values) });
  const { id } = await findCluster(client, wanted);
  return watch(client, id, values);
}

async function watch(
  client: Client,
  clusterId: string,
  { json, follow: stay, wait }: { json: boolean; follow: boolean; wait: boolean },
): Promise<number> {
  const screen = screenFor(json, client.clock);
  endOnSignal(screen);
  try {
    const end = await follow(client, clusterId, { screen, stay, wait });
    return end === 'SUCCEEDED' ? 0 : 1;
  } finally {
    screen.close();
  }
}

function parse() {
  return parseArgs({
    allowPositionals: true,
    options: {
      url: { type: 'string', default: process.env.STEPCAST_URL || 'http://127.0.0.1:4000/graphql' },
      wait: { type: 'boolean', default: false },
      follow: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
}

function screenFor(json: boolean, clock: ServerClock): Screen {
  const { stdout } = process;
  // The reader of the output may have closed it. As a shell has it: 128 and the number of SIGPIPE.
  stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 141 : 3));
  if (json) return jsonScreen(stdout);
  return stdout.isTTY && process.env.TERM !== 'dumb' ? terminalScreen(stdout, clock) : plainScreen(stdout, clock);
}

function endOnSignal(screen: Screen): void {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, () => {
      screen.close();
      console.error('stopped watching; the operation goes on');
      process.exit(code);
    });
  }
}

function print(text: string): number {
  console.log(text);
  return 0;
}

function complain(error: unknown): number {
  const isExpected = error instanceof StepcastError || error instanceof TypeError;
  console.error(isExpected ? printable(error.message) : error);
  if (error instanceof StepcastError && error.code === 'UNAUTHENTICATED') console.error(howToSignIn);
  return isWrongUse(error) ? 2 : 3;
}

function isWrongUse(error: unknown): boolean {
  if (error instanceof StepcastError) return error.code === 'NOT_FOUND' || error.code === 'BAD_USER_INPUT';
  return error instanceof TypeError;
}
