import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

/** A NATS server of the test's own, on a free port of its own, gone with the test. */
export async function natsServer(...options: string[]) {
  let { child, port } = await start(-1, options);
  onTestFinished(() => stop(child));
  return {
    port,
    url: `nats://127.0.0.1:${port}`,
    signal: (signal: NodeJS.Signals) => void child.kill(signal),
    /** As by a crash. */
    stop: () => stop(child),
    /** On the same port. */
    restart: async () => {
      ({ child, port } = await start(port, options));
    },
  };
}

async function start(port: number, options: string[]): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn('nats-server', ['-a', '127.0.0.1', '-p', String(port), ...options], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await once(child, 'spawn');
  const said: string[] = [];
  for await (const line of createInterface(child.stderr)) {
    said.push(line);
    const listening = /client connections on 127\.0\.0\.1:(\d+)/.exec(line);
    if (listening) port = Number(listening[1]);
    if (line.includes('Server is ready')) {
      child.stderr.resume();
      return { child, port };
    }
  }
  throw new Error(`expected nats-server to become ready, got:\n${said.join('\n')}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
