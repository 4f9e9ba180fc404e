import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { testFolder } from '../support/embedded.js';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface Server {
  /** `http://127.0.0.1:<port>`, the same after every restart. */
  readonly url: string;
  /** Ends it and starts it again, at the same address and on the same data. */
  restart(signal: NodeJS.Signals): Promise<void>;
}

/** A server as its users run it, in a process and a data directory of its own. Gone with the test. */
export async function startServer(): Promise<Server> {
  const dataDir = await testFolder();
  let child = run(dataDir, '0');
  onTestFinished(() => end(child, 'SIGKILL'));
  const url = await addressOf(child);
  return {
    url,
    async restart(signal) {
      await end(child, signal);
      child = run(dataDir, new URL(url).port);
      await addressOf(child);
    },
  };
}

function run(dataDir: string, port: string) {
  const own = {
    PORT: port,
    STEPCAST_AUTH: 'off',
    STEPCAST_DATA_DIR: dataDir,
    STEPCAST_LOG_LEVEL: 'silent',
    DATABASE_URL: '',
    NATS_URL: '',
  };
  return spawn(process.execPath, [main], { env: { ...process.env, ...own }, stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Where a server says that it is ready. */
async function addressOf({ stdout }: ReturnType<typeof run>): Promise<string> {
  for await (const line of createInterface(stdout)) {
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
    if (url) return url;
  }
  throw new Error('expected the server to say that it is ready, it ended');
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}
