// `npm run dev`: compiles as files are saved, and restarts the server on what was compiled.

import { spawn } from 'node:child_process';
import { ready } from './ready.mjs';
import { stopWithShell } from './shell.mjs';

stopWithShell();
await ready('build');

// The compiler's binary: its wrapper script would leave it running when stopped.
const compiler = `node_modules/@typescript/typescript-${process.platform}-${process.arch}/lib/tsc`;
const children = [
  spawn(compiler, ['-p', 'tsconfig.build.json', '--watch', '--preserveWatchOutput'], { stdio: 'inherit' }),
  spawn(
    process.execPath,
    ['--enable-source-maps', '--watch', '--watch-preserve-output', 'dist/main.js', ...process.argv.slice(2)],
    {
      stdio: 'inherit',
    },
  ),
];
const stop = (signal) => {
  for (const child of children) child.kill(signal);
};
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);
for (const child of children) child.once('exit', () => stop('SIGTERM'));
