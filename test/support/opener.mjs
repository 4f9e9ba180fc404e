// A server in miniature: opens the embedded database in the directory it is given, says where, and waits to be killed.
// What goes wrong it says as well.

import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const file = fileURLToPath(new URL('../../src/storage/embedded/embedded.ts', import.meta.url));
const { module } = await runnerImport(file, { configFile: false, logLevel: 'silent' });
const log = { info: () => {}, warn: () => {}, error: () => {} };
try {
  const { url } = await module.openEmbedded({ dataDir: process.argv[2], log });
  console.log(JSON.stringify({ url }));
} catch (error) {
  console.log(JSON.stringify({ error: error.name, message: error.message }));
}
