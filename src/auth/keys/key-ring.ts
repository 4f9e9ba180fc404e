import { timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { Fault } from '../../domain/errors.js';
import type { Log } from '../../domain/ports.js';
import { rolesWithImplied } from '../caller.js';
import type { Clock } from '../clock.js';
import type { Identity } from '../identity.js';
import { type ApiKey, isValid, type KeyStore } from './api-key.js';
import { hashOf, parseKey } from './format.js';
import { LastUsed } from './last-used.js';
import { KeyLookup } from './lookup.js';

/**
 * Milliseconds for which a key that was read is taken to be unchanged, and between two looks at those that are watched:
 * a revocation holds everywhere after twice as long, and the time of a statement.
 */
const freshMs = 2_000;
const mostRemembered = 10_000;
const lookedAtOnce = 1_000;

interface Read {
  /** Null: there is none of this id. */
  readonly key: ApiKey | null;
  readonly at: number;
}

/** Judges API keys, and tells of those that end while somebody is let in by them. */
export class KeyRing {
  readonly #lookup: KeyLookup;
  readonly #lastUsed: LastUsed;
  readonly #clock: Clock;
  readonly #reads = new LRUCache<string, Read>({ max: mostRemembered });
  readonly #watched = new Map<string, Set<() => void>>();
  #timer: NodeJS.Timeout | undefined;

  constructor({ store, log, clock }: { readonly store: KeyStore; readonly log: Log; readonly clock: Clock }) {
    this.#lookup = new KeyLookup(store);
    this.#lastUsed = new LastUsed(store, log);
    this.#clock = clock;
  }

  /** Rejects with UNAUTHENTICATED in the same words for a key that never was and one of another secret. */
  async identify(text: string): Promise<Identity> {
    const parts = parseKey(text);
    if (parts === null) throw refused('a whole API key', 'one that is mistyped or cut');
    const key = await this.#find(parts.id);
    if (key === null || !timingSafeEqual(key.hash, hashOf(parts.secret)))
      throw refused('an API key', 'one that is unknown');
    if (key.revokedAt !== null) throw refused('an API key', 'one that was revoked');
    if (!isValid(key, this.#clock.now())) throw refused('an API key that is valid now', 'one that has expired');
    this.#lastUsed.note(key.id, new Date(this.#clock.now()));
    return {
      caller: { tenantId: key.tenantId, roles: rolesWithImplied(key.roles) },
      id: `${idPrefix}${key.id}`,
      expiresAt: key.expiresAt,
    };
  }

  /** Calls `ended` once when the identity is that of a key which was revoked, until the function it returns is called. */
  watch({ id }: Identity, ended: () => void): () => void {
    if (!id.startsWith(idPrefix)) return () => {};
    const keyId = id.slice(idPrefix.length);
    // One socket, one entry, whatever function it brings.
    const watcher = () => ended();
    const watchers = this.#watched.get(keyId) ?? new Set();
    this.#watched.set(keyId, watchers.add(watcher));
    this.#timer ??= setTimeout(() => void this.#look(), freshMs).unref();
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0 && this.#watched.get(keyId) === watchers) this.#watched.delete(keyId);
    };
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#watched.clear();
    await this.#lastUsed.close();
  }

  async #find(id: string): Promise<ApiKey | null> {
    const known = this.#reads.get(id);
    return known && this.#clock.steady() - known.at < freshMs ? known.key : this.#read(id);
  }

  async #read(id: string): Promise<ApiKey | null> {
    // Before the statement: what it does not see may have come since.
    const at = this.#clock.steady();
    const key = await this.#lookup.find(id);
    this.#reads.set(id, { key, at });
    return key;
  }

  /** While any key is watched, and no longer. */
  async #look(): Promise<void> {
    const ids = [...this.#watched.keys()];
    // No more at once than the look-up takes beside callers who come meanwhile.
    while (ids.length > 0) await Promise.all(ids.splice(0, lookedAtOnce).map((id) => this.#lookAt(id)));
    this.#timer = this.#watched.size === 0 ? undefined : setTimeout(() => void this.#look(), freshMs).unref();
  }

  /** A database that is away revokes nothing: the next look tells. */
  async #lookAt(id: string): Promise<void> {
    const key = await this.#read(id).catch(() => undefined);
    if (key === undefined || (key !== null && isValid(key, this.#clock.now()))) return;
    const watchers = this.#watched.get(id) ?? [];
    this.#watched.delete(id);
    for (const ended of watchers) ended();
  }
}

/** Of an identity's id. Those of others begin otherwise. */
const idPrefix = 'key ';

const refused = (expected: string, got: string) => new Fault('UNAUTHENTICATED', `expected ${expected}, got ${got}`);
