#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { runKeys } from './admin/keys.js';
import { describeConfig } from './config/describe.js';
import { ConfigError } from './config.js';
import { serve } from './serve.js';
import { version } from './version.js';

const usage = `Usage: stepcast [--no-token]
       stepcast --print-config
       stepcast keys …

Starts the server, which is configured by environment variables, or makes, lists and revokes API keys.

  --no-token      take everybody on this machine for an administrator, as STEPCAST_AUTH=off does
  --print-config  print every setting, its value without secrets, and where it is from; start nothing
  --version       print the version
  --help          print this

Exit code: 0 done, 1 the server cannot start, or not with these settings, 2 the arguments are wrong`;

const [command, ...args] = process.argv.slice(2);
if (command === 'keys') process.exitCode = await runKeys(args, process.env);
else await start(process.argv.slice(2));

async function start(args: string[]): Promise<void> {
  try {
    const { values } = parseArgs({
      args,
      options: {
        'no-token': { type: 'boolean', default: false },
        'print-config': { type: 'boolean', default: false },
        version: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return console.log(usage);
    if (values.version) return console.log(version);
    const env = values['no-token'] ? withoutToken(process.env) : process.env;
    if (values['print-config']) printConfig(env);
    else await serve(env);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    console.error(`${error.message}\n\n${usage}`);
    process.exitCode = 2;
  }
}

function printConfig(env: NodeJS.ProcessEnv): void {
  const { text, faults } = describeConfig(env);
  console.log(text);
  if (faults.length === 0) return;
  console.error(new ConfigError(faults).message);
  process.exitCode = 1;
}

function withoutToken(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (env.STEPCAST_AUTH === 'on') throw new TypeError('expected --no-token or STEPCAST_AUTH=on, got both');
  return { ...env, STEPCAST_AUTH: 'off' };
}
