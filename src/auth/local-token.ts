import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, link, mkdir, open, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The token of the servers that use this data directory, made by the first of them. Throws an error in words when the
 * file cannot be made, or others than this user can read or could have written it.
 */
export async function readLocalToken(dataDir: string): Promise<string> {
  const file = join(dataDir, 'token');
  return (await tokenIn(file)) ?? (await make(dataDir, file));
}

/** Says of a text whether it is the token; takes as long for any other of its length. */
export function isToken(token: string): (given: string) => boolean {
  const expected = digest(token);
  return (given) => timingSafeEqual(digest(given), expected);
}

const digest = (text: string) => createHash('sha256').update(text).digest();

async function make(dataDir: string, file: string): Promise<string> {
  await mkdir(dataDir, { recursive: true });
  const token = randomBytes(32).toString('base64url');
  const aside = `${file}.${randomBytes(8).toString('hex')}`;
  await writeFile(aside, `${token}\n`, { mode: 0o600, flag: 'wx' });
  try {
    // Unlike a rename, it fails where another server was first.
    await link(aside, file);
    return token;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(aside);
  }
  const theirs = await tokenIn(file);
  if (theirs === undefined) throw new Error(`expected ${file} to stay, and it was removed`);
  return theirs;
}

/** Undefined when there is no such file. A link is not followed: it could lead to what another user wrote. */
async function tokenIn(file: string): Promise<string | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`expected ${file} to hold this server's token, got: ${(error as Error).message}`, { cause: error });
  }
  try {
    await checkOwner(file, handle);
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(128), position: 0 });
    const token = buffer.toString('utf8', 0, bytesRead).trim();
    if (/^[\w-]{43}$/.test(token)) return token;
  } finally {
    await handle.close();
  }
  throw new Error(
    `expected ${file} to hold a token that Stepcast made, got something else: remove it, and a new one is made`,
  );
}

/** Windows has no such modes: there the folder's permissions have to do. */
async function checkOwner(file: string, handle: FileHandle): Promise<void> {
  if (process.platform === 'win32') return;
  const found = await handle.stat();
  const isOurs = found.isFile() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
  if (isOurs) return;
  throw new Error(
    `expected ${file} to be a file of this user (${process.getuid?.()}) with mode 0600, got one of user ${found.uid} with mode 0${(found.mode & 0o777).toString(8)}: remove it, and a new one is made`,
  );
}
