// `npm start`. The server runs in this very process, so that exit codes and Ctrl-C are its own on every system.

import { ready } from './ready.mjs';

stopWithShell();
await ready('build');
process.env.NODE_ENV ??= 'production';
process.setSourceMapsEnabled(true);
await import('../dist/main.js');

/** npm passes a signal on to the shell between us, which dies of it and does not tell us. */
function stopWithShell() {
  const shell = process.ppid;
  setInterval(() => process.ppid === shell || process.kill(process.pid, 'SIGTERM'), 200).unref();
}
