import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface Served {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly pid: number;
  /** Sends it a signal and waits for its end; answers its exit code, null when the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** The built server in a process of its own, as its users start it; on a free port unless `env` has one. Ended with the test. */
export const serve = (env: Readonly<Record<string, string>>): Promise<Served> => start(env, onTestFinished);

/** The same, ended when `atEnd` says. */
export async function start(
  env: Readonly<Record<string, string>>,
  atEnd: (end: () => Promise<void>) => void,
): Promise<Served> {
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, DATABASE_URL: '', NATS_URL: '', PORT: '0', STEPCAST_AUTH: 'off', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const end = (signal: NodeJS.Signals) => endOf(child, signal);
  atEnd(async () => void (await end('SIGKILL')));
  const complaint = text(child.stderr);
  for await (const line of createInterface(child.stdout)) {
    const url = / GraphQL +(http:\S+)\/graphql$/.exec(line)?.[1];
    if (url === undefined) continue;
    child.stdout.resume();
    return { url, pid: child.pid as number, end };
  }
  throw new Error(`expected the server to become ready, got: ${await complaint}`);
}

async function endOf(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }
  return child.exitCode;
}
