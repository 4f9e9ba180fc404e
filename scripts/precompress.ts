import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** What is compressed already is not. */
const compressible = /\.(css|html|js|json|svg|ttf)$/;

/** Bytes below which compressing costs more than it saves. */
const threshold = 1024;

/** Bytes above which the best brotli takes too long. */
const large = 1_000_000;

const brotli = (bytes: Buffer) =>
  brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: bytes.length > large ? 6 : 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });

/** For Vite: puts beside each file of a page the same file compressed, for those who ask for it. */
export const precompress = (): Plugin => ({
  name: 'precompress',
  apply: 'build',
  writeBundle({ dir = '' }) {
    for (const file of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
      if (!compressible.test(file)) continue;
      const path = join(dir, file);
      const bytes = readFileSync(path);
      if (bytes.length < threshold) continue;
      writeFileSync(`${path}.br`, brotli(bytes));
      writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
    }
  },
});
