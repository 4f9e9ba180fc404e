import { createHash, randomBytes, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** What an API key is made of: `stc_<id>_<secret>_<checksum>`. */
export interface KeyParts {
  readonly id: string;
  readonly secret: string;
}

/**
 * How API keys are written: findable by scanners for leaked secrets, of letters and digits that a double click selects
 * whole, with a checksum, so that half a key or a mistyped one is told apart without asking the database.
 */
export const keyPrefix = 'stc_';

/** 95 bits. */
const idLength = 16;
/** 32 random bytes. */
const secretLength = 43;

const form = new RegExp(`^stc_([\\dA-Za-z]{${idLength}})_([\\dA-Za-z]{${secretLength}})_([\\dA-Za-z]{6})$`);

export function newKey(): KeyParts & { readonly text: string } {
  const id = Array.from({ length: idLength }, () => digits[randomInt(digits.length)]).join('');
  const secret = base62(BigInt(`0x${randomBytes(32).toString('hex')}`), secretLength);
  return { id, secret, text: keyText({ id, secret }) };
}

/** Null when it is not a whole key. */
export function parseKey(text: string): KeyParts | null {
  const [, id = '', secret = ''] = form.exec(text) ?? [];
  return id !== '' && keyText({ id, secret }) === text ? { id, secret } : null;
}

export const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** As its holder has it. */
export function keyText({ id, secret }: KeyParts): string {
  const body = `${keyPrefix}${id}_${secret}`;
  return `${body}_${base62(BigInt(crc32(body)), 6)}`;
}

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

function base62(number: bigint, length: number): string {
  let text = '';
  for (let rest = number; rest > 0n; rest /= 62n) text = `${digits[Number(rest % 62n)]}${text}`;
  return text.padStart(length, '0');
}
