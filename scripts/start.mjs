// `npm start`. The server runs in this process, so that exit codes and Ctrl-C work on every system.

import { ready } from './ready.mjs';
import { stopWithShell } from './shell.mjs';

stopWithShell();
await ready('build');
process.env.NODE_ENV ??= 'production';
process.setSourceMapsEnabled(true);
await import('../dist/main.js');
