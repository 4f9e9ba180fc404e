#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { runKeys } from './admin/keys.js';
import { serve } from './serve.js';

const usage = `Usage: stepcast [--no-token]
       stepcast keys …

Starts the server, which is configured by environment variables, or makes, lists and revokes API keys.

  --no-token   take everybody on this machine for an administrator, as STEPCAST_AUTH=off does`;

const [command, ...args] = process.argv.slice(2);
if (command === 'keys') process.exitCode = await runKeys(args, process.env);
else await start(process.argv.slice(2));

async function start(args: string[]): Promise<void> {
  try {
    const { values } = parseArgs({
      args,
      options: {
        'no-token': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return console.log(usage);
    await serve(values['no-token'] ? withoutToken(process.env) : process.env);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    console.error(`${error.message}\n\n${usage}`);
    process.exitCode = 2;
  }
}

function withoutToken(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (env.STEPCAST_AUTH === 'on') throw new TypeError('expected --no-token or STEPCAST_AUTH=on, got both');
  return { ...env, STEPCAST_AUTH: 'off' };
}
