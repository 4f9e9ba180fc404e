#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { serve } from './serve.js';

const usage = `Usage: stepcast [--no-token]

Starts the server, which is configured by environment variables.

  --no-token   take everybody on this machine for an administrator, as STEPCAST_AUTH=off does`;

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
  console.error(`${error.message}\n\n${usage}`);
  process.exitCode = 2;
}

async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { 'no-token': { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
  });
  if (values.help) return console.log(usage);
  const { STEPCAST_AUTH: auth } = process.env;
  if (values['no-token'] && auth === 'on')
    throw new TypeError('expected --no-token or STEPCAST_AUTH=on, got both');
  await serve(values['no-token'] ? { ...process.env, STEPCAST_AUTH: 'off' } : process.env);
}
