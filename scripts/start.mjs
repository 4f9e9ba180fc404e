// `npm start`. The server runs in this very process, so that signals and exit codes are its own on every system.

import { ready } from './ready.mjs';

await ready('build');
process.env.NODE_ENV ??= 'production';
process.setSourceMapsEnabled(true);
await import('../dist/main.js');
