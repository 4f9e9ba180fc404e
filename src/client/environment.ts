import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Token } from './credentials.js';

export interface EnvironmentOptions {
  /** The server's address, which the client is given: the token of a server's data directory is sent to this machine only. */
  readonly url: string;
  /** Where the variables are; `process.env` by default. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * The token of a program on Node: that of `STEPCAST_TOKEN`, else of the file that `STEPCAST_TOKEN_FILE` names, else, for a
 * server on this machine, of the file `token` in its data directory (`STEPCAST_DATA_DIR`, by default `./data`). Files are read
 * for every request, so that a token may be replaced while the program runs. Undefined where there is none; rejects when a
 * file that was named cannot be read, or is empty.
 */
export function tokenFromEnvironment({ url, env = process.env }: EnvironmentOptions): Token {
  const { STEPCAST_TOKEN: token, STEPCAST_TOKEN_FILE: file, STEPCAST_DATA_DIR: folder } = env;
  if (token?.trim()) return token.trim();
  if (file) return () => contentOf(file, 'STEPCAST_TOKEN_FILE');
  if (!isLoopback(url)) return () => undefined;
  return () => localToken(join(folder || './data', 'token'));
}

/** The file that a server on this machine keeps its token in; undefined when there is none, as without authentication. */
async function localToken(path: string): Promise<string | undefined> {
  try {
    return await contentOf(path, 'the token of the server on this machine');
  } catch (error) {
    const { code } = (error as { cause?: NodeJS.ErrnoException }).cause ?? {};
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

async function contentOf(path: string, what: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`${what}: expected a file that can be read, got ${cause.code} for ${path}`, { cause });
  });
  const token = text.trim();
  if (token) return token;
  throw new Error(`${what}: expected a file with a token in it, got an empty one: ${path}`);
}

function isLoopback(url: string): boolean {
  const hostname = URL.canParse(url) ? new URL(url).hostname : '';
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}
