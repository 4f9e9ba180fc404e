import { createLocalJWKSet, type JSONWebKeySet, type LocalJWKSet } from 'jose';
import { Fault } from '../../domain/errors.js';
import type { Log } from '../../domain/ports.js';
import type { Clock } from '../clock.js';
import type { KeySource } from './key-source.js';

/** Milliseconds before a source that could not be read is tried again. */
const retryMs = 2_000;

/** Keys as they were read together. */
export interface Keys {
  readonly find: LocalJWKSet;
  /** Counts every change, so that what was concluded from earlier keys can be told. */
  readonly version: number;
}

/**
 * The public keys of an issuer, as last read. While the source is away the last ones hold: tokens stay valid through an
 * outage of their issuer. At most one reading is under way, whatever callers send.
 */
export class KeySet {
  readonly #source: KeySource;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  #keys: Keys | null = null;
  #text = '';
  #triedAt = Number.NEGATIVE_INFINITY;
  /** Why they could not be read when last tried; null when they could. */
  #fault: string | null = null;
  #reading: Promise<void> | null = null;
  #changed: () => void = () => {};

  constructor(source: KeySource, log: Log, clock: Clock) {
    this.#source = source;
    this.#log = log;
    this.#clock = clock;
  }

  /** Reads the keys for the first time. Resolves with why they cannot be read, or null. */
  async open(): Promise<string | null> {
    await this.#read();
    return this.#fault;
  }

  /** Throws UNAVAILABLE when they could never be read. */
  async keys(): Promise<Keys> {
    if (this.#keys === null && this.#age() >= retryMs) await this.#read();
    this.refresh();
    return this.#known();
  }

  /** After one was missing: those that there are by now, unless that was looked up lately. */
  async newest(): Promise<Keys> {
    if (this.#reading !== null || this.#age() >= this.#source.cooldownMs) await this.#read();
    return this.#known();
  }

  /** Reads the keys again when they are old, without waiting for it. */
  refresh(): void {
    if (this.#age() >= (this.#fault ? retryMs : this.#source.maxAgeMs)) void this.#read();
  }

  /** Milliseconds for which they are used without looking whether there are others. */
  get maxAgeMs(): number {
    return this.#source.maxAgeMs;
  }

  /** Of the keys that there are; 0: none yet. */
  get version(): number {
    return this.#keys?.version ?? 0;
  }

  /** Calls `changed` whenever other keys were read than before. */
  onChange(changed: () => void): void {
    this.#changed = changed;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#reading;
  }

  #known(): Keys {
    if (this.#keys !== null) return this.#keys;
    throw new Fault('UNAVAILABLE', 'the keys of the issuer of tokens cannot be read now');
  }

  #age(): number {
    return this.#clock.steady() - this.#triedAt;
  }

  /** Never rejects. */
  #read(): Promise<void> {
    this.#reading ??= this.#readOnce().finally(() => {
      this.#triedAt = this.#clock.steady();
      this.#reading = null;
    });
    return this.#reading;
  }

  async #readOnce(): Promise<void> {
    const { name } = this.#source;
    try {
      const text = await this.#source.read(this.#closing.signal);
      if (text !== this.#text) this.#take(text);
      if (this.#fault) this.#log.info({ jwks: name }, 'the keys of the issuer of tokens can be read again');
      this.#fault = null;
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      const words = this.#keys ? 'the last ones hold' : 'its tokens are answered with UNAVAILABLE';
      if (!this.#fault)
        this.#log.warn({ jwks: name, err: error }, `the keys of the issuer of tokens cannot be read: ${words}`);
      this.#fault = (error as Error).message;
    }
  }

  #take(text: string): void {
    this.#keys = { find: createLocalJWKSet(parsed(text)), version: this.version + 1 };
    this.#text = text;
    this.#changed();
  }
}

function parsed(text: string): JSONWebKeySet {
  const set: unknown = JSON.parse(text);
  const keys = typeof set === 'object' && set !== null && 'keys' in set ? set.keys : undefined;
  // An empty list, as an issuer in trouble may serve it, would end every session.
  if (Array.isArray(keys) && keys.length > 0) return set as JSONWebKeySet;
  throw new Error('expected a JSON Web Key Set (RFC 7517) with at least one key, got something else');
}
