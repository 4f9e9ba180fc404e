// `npm start`. The server runs in this very process, so that exit codes and Ctrl-C are its own on every system.

import { ready } from './ready.mjs';
import { stopWithShell } from './shell.mjs';

stopWithShell();
await ready('build');
process.env.NODE_ENV ??= 'production';
process.setSourceMapsEnabled(true);
await import('../dist/main.js');
