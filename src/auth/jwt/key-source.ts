import { open } from 'node:fs/promises';

/** Where an issuer's keys are read from. */
export interface KeySource {
  /** As the log calls it. */
  readonly name: string;
  readonly isFile: boolean;
  /** Milliseconds for which keys that were read are used without looking whether there are others. */
  readonly maxAgeMs: number;
  /** Milliseconds after a look before a token with an unknown key leads to another. */
  readonly cooldownMs: number;
  /** A JSON Web Key Set as text. Rejects, in words, when it cannot be read. */
  read(signal: AbortSignal): Promise<string>;
}

/** Of `https://…` or `http://…` that URL, of any other text the file of that path. */
export const keySourceOf = (place: string): KeySource =>
  /^https?:\/\//i.test(place) ? urlSource(place) : fileSource(place);

/** Bytes; a key takes about one thousand. */
const largest = 256 * 1024;

/** Milliseconds for the whole answer. */
const timeoutMs = 5_000;

const urlSource = (url: string): KeySource => ({
  name: url,
  isFile: false,
  maxAgeMs: 60_000,
  cooldownMs: 30_000,
  async read(signal) {
    try {
      const response = await fetch(url, {
        headers: { accept: 'application/jwk-set+json, application/json' },
        // Another place is another issuer, until the operator says otherwise.
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      return await textOf(response);
    } catch (error) {
      throw new Error(reasonOf(error as Error), { cause: error });
    }
  },
});

async function textOf({ status, body }: Response): Promise<string> {
  if (status !== 200 || body === null) {
    await body?.cancel();
    throw new Error(`expected an answer with status 200, got ${status}`);
  }
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.byteLength;
    if (size > largest) throw new Error(`expected at most ${largest} bytes, got more`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** `fetch` says only that it failed; its cause says why. */
const reasonOf = ({ message, cause }: Error) => (cause instanceof Error && cause.message ? cause.message : message);

/** Read again every few seconds, so that a file that was replaced needs no signal. */
const fileSource = (path: string): KeySource => ({
  name: path,
  isFile: true,
  maxAgeMs: 2_000,
  cooldownMs: 1_000,
  async read() {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      if (size > largest) throw new Error(`expected a file of at most ${largest} bytes, got ${size}`);
      return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  },
});
