#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { createClient, StepcastError } from '../client/index.js';
import { findCluster } from './find.js';
import { follow } from './follow.js';
import { jsonScreen } from './json.js';
import { plainScreen, type Screen, terminalScreen } from './screen.js';
import { printable } from './text.js';

const usage = `Usage: npm run watch -- <cluster id or name> [--url http://127.0.0.1:4000/graphql] [--follow] [--json]

Shows the steps of a cluster's operation as they happen: of the one that runs, else of the last one, else of the first
one to come. Ends with the operation: 0 when it succeeded, 1 when it failed or was interrupted, 2 when there is nothing
to watch.

  --url      the server's GraphQL address
  --follow   stay, and show the operations that come later, until the cluster is deleted
  --json     one JSON object a line`;

process.exitCode = await main().catch(complain);

async function main(): Promise<number> {
  const { values, positionals } = parse();
  if (values.help) return print(usage);
  const [wanted, ...more] = positionals;
  if (wanted === undefined || more.length > 0)
    throw new TypeError(`expected one cluster id or name, got ${positionals.length}\n\n${usage}`);
  const client = createClient({ url: values.url });
  const cluster = await findCluster(client, wanted);
  const state = await follow(client, cluster.id, { screen: screenFor(values.json), stay: values.follow });
  return state === 'SUCCEEDED' ? 0 : 1;
}

function parse() {
  return parseArgs({
    allowPositionals: true,
    options: {
      url: { type: 'string', default: 'http://127.0.0.1:4000/graphql' },
      follow: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
}

function screenFor(json: boolean): Screen {
  // Whoever reads our output may have seen enough: `watch … | head`.
  process.stdout.on('error', () => process.exit());
  if (json) return jsonScreen(process.stdout);
  return process.stdout.isTTY ? terminalScreen(process.stdout) : plainScreen(process.stdout);
}

function print(text: string): number {
  console.log(text);
  return 0;
}

function complain(error: unknown): number {
  const isExpected = error instanceof StepcastError || error instanceof TypeError;
  console.error(isExpected ? printable(error.message) : error);
  return 2;
}
