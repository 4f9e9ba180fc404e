import { parseArgs } from 'node:util';
import { StepcastError } from 'stepcast/client';
import { interruption } from './interruption.js';
import { type Options, provision } from './provision.js';
import { restart } from './restart.js';

const usage = `Usage: npm run demo -- [--replicas 3] [--break | --restart] [--slow] [--url http://127.0.0.1:4000/graphql]

Provisions a real PostgreSQL cluster on this machine, adds two replicas, deletes it all, and reports every step of it to
a running Stepcast. One of the added replicas comes up at the second attempt only, the other is replaced by a third.

  --replicas  how many replicas follow the primary, 1 to 20
  --break     makes a replica of the new cluster fail for good: its port is taken
  --restart   kills the engine that provisions (kill -9) while it works; another one takes over
  --slow      takes more time, for watching
  --url       the server's GraphQL address
  --cluster   provisions a cluster that is there, by its id, taking over from whoever did so before`;

process.exitCode = await main().catch((error) => {
  const isExpected = error instanceof StepcastError || error instanceof TypeError;
  console.error(isExpected ? error.message : error);
  if (error instanceof StepcastError && error.code === 'UNAVAILABLE') console.error('`npm start` starts a server.');
  return 1;
});

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      replicas: { type: 'string', default: '3' },
      break: { type: 'boolean', default: false },
      restart: { type: 'boolean', default: false },
      slow: { type: 'boolean', default: false },
      url: { type: 'string', default: 'http://127.0.0.1:4000/graphql' },
      cluster: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const options: Options = {
    url: values.url,
    clusterId: values.cluster,
    replicas: count(values.replicas),
    broken: values.break,
    mode: { slow: values.slow, signal: interruption() },
  };
  return values.restart ? restart(options) : provision(options);
}

function count(text: string): number {
  if (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= 20) return Number(text);
  throw new TypeError(`expected --replicas to be a whole number from 1 to 20, got ${JSON.stringify(text)}`);
}
