// How much a browser loads before the page is usable: its HTML and the files that it names, compressed by gzip. Fails above the limit.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/** Bytes. GraphiQL is a page of its own. */
const limit = 170 * 1024;

const root = fileURLToPath(new URL('../dist/web/page', import.meta.url));
const html = readFileSync(join(root, 'index.html'));
const files = [...html.toString().matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path);
const sizes = [
  ['index.html', gzipSync(html).length],
  ...files.map((path) => [path, gzipSync(readFileSync(join(root, path)), { level: 9 }).length]),
];
const total = sizes.reduce((sum, [, size]) => sum + size, 0);

for (const [path, size] of sizes) console.log(`${(size / 1024).toFixed(1).padStart(7)} KiB  ${path}`);
console.log(`${(total / 1024).toFixed(1).padStart(7)} KiB  of at most ${limit / 1024}`);
process.exitCode = total > limit ? 1 : 0;
