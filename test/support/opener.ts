import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const script = fileURLToPath(new URL('opener.mjs', import.meta.url));

/** Another process that opens the embedded database in `dataDir`, as another user if given. Ended with the test. */
export function spawnOpener(dataDir: string, user: { uid?: number; gid?: number } = {}) {
  const child = spawn(process.execPath, [script, dataDir], { stdio: ['ignore', 'pipe', 'inherit'], ...user });
  const exited = once(child, 'close').then(([code, signal]) => {
    throw new Error(`expected ${process.execPath} to say where the database is, got its end: ${code ?? signal}`);
  });
  const said = Promise.race([once(createInterface(child.stdout), 'line'), exited]).then(([line]) => JSON.parse(line));
  said.catch(() => {}); // a test that does not wait for it may kill it
  onTestFinished(() => kill(child));
  return { said, kill: () => kill(child) };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
