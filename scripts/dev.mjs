// `npm run dev`: compiles as files are saved, and restarts the server on what was compiled.

import { spawn } from 'node:child_process';
import { bin, ready } from './ready.mjs';

await ready('build');
const children = [
  [bin('typescript'), '-p', 'tsconfig.build.json', '--watch', '--preserveWatchOutput'],
  ['--enable-source-maps', '--watch', '--watch-preserve-output', 'dist/main.js', ...process.argv.slice(2)],
].map((args) => spawn(process.execPath, args, { stdio: 'inherit' }));

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop(signal));
for (const child of children) child.once('exit', () => stop('SIGTERM'));

function stop(signal) {
  for (const child of children) child.kill(signal);
}
