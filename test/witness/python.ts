import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { type Batch, type Progress, type State, Testimony, type Witness } from './testimony.js';

const python = '/usr/bin/python3';
const script = fileURLToPath(new URL('python/follow.py', import.meta.url));

/** Why the client in Python cannot run here; undefined when it can, or must (CI). */
export const noPython =
  process.env.CI || spawnSync(python, ['-c', 'import websockets']).status === 0
    ? undefined
    : `${python} cannot import websockets: install python3-websockets`;

/** The client in Python. */
export function pythonClient(url: string, clusterId: string, events: number): Witness {
  const args = [script, `${url.replace(/^http/, 'ws')}/graphql`, clusterId, String(events)];
  const child = spawn(python, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const testimony = new Testimony();
  return { testimony, ended: hear(child, testimony) };
}

/** A line of its output: what it holds at its end, or what has happened, one of these. */
interface Line {
  readonly clusterProgress?: Progress;
  readonly clusterEvents?: Batch;
  readonly closed?: number;
  readonly state?: State;
}

async function hear(child: ReturnType<typeof spawn>, testimony: Testimony): Promise<State> {
  const closed = once(child, 'close');
  if (!child.stdout) throw new Error('expected a way to hear the client');
  for await (const text of createInterface(child.stdout)) {
    const line: Line = JSON.parse(text);
    if (line.clusterProgress) testimony.takeProgress(line.clusterProgress);
    if (line.clusterEvents) testimony.takeBatch(line.clusterEvents);
    if (line.closed) testimony.losses.push(line.closed);
    if (line.state) return line.state;
  }
  const [code, signal] = await closed;
  throw new Error(`expected the client to say its state, it ended with ${code ?? signal}`);
}
