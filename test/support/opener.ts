import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const script = fileURLToPath(new URL('opener.mjs', import.meta.url));

/** Another process that opens the embedded database in `dataDir`, as another user if need be. Gone with the test. */
export function spawnOpener(dataDir: string, user: { uid?: number; gid?: number } = {}) {
  const child = spawn(process.execPath, [script, dataDir], { stdio: ['ignore', 'pipe', 'inherit'], ...user });
  const said = once(createInterface(child.stdout), 'line').then(([line]) => JSON.parse(line));
  onTestFinished(() => kill(child));
  return { said, kill: () => kill(child) };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
