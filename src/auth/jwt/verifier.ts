import { createHash } from 'node:crypto';
import {
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  type JWTVerifyResult,
  jwtVerify,
} from 'jose';
import { LRUCache } from 'lru-cache';
import { Fault } from '../../domain/errors.js';
import type { Log } from '../../domain/ports.js';
import type { Clock } from '../clock.js';
import type { Identity } from '../identity.js';
import type { JwtOptions } from '../options.js';
import { bearerName, callerOf } from './claims.js';
import type { KeySet, Keys } from './key-set.js';
import { TokenWatch } from './token-watch.js';

/** Seconds by which clocks may differ: a token may be used by so much before its `nbf`, but never after its `exp`. */
const toleranceSeconds = 30;

/** Milliseconds for which a verified token is not verified again, and how many are remembered. */
const rememberedMs = 60_000;
const mostRemembered = 10_000;

interface Remembered {
  readonly identity: Identity;
  readonly verifiedAt: number;
  /** Of the keys that it was verified by. */
  readonly version: number;
}

/**
 * Judges JWTs (RFC 7519, by the advice of RFC 8725): their keys are the issuer's alone, whatever a token's header
 * names, by algorithms that were named beforehand. What was verified is remembered by a hash for a short time, and
 * forgotten with its keys, so that a busy reporter does not cost a signature per request.
 */
export class JwtVerifier {
  readonly #options: JwtOptions;
  readonly #keys: KeySet;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #remembered = new LRUCache<string, Remembered>({ max: mostRemembered });
  readonly #watch: TokenWatch;
  /** By which each identity that is in use was let in. */
  readonly #tokens = new WeakMap<Identity, string>();

  constructor(options: JwtOptions, parts: { readonly keys: KeySet; readonly log: Log; readonly clock: Clock }) {
    this.#options = options;
    this.#keys = parts.keys;
    this.#log = parts.log;
    this.#clock = parts.clock;
    this.#watch = new TokenWatch(parts.keys, (token) => this.identify(token));
  }

  /** Rejects with UNAUTHENTICATED, or with UNAVAILABLE while it cannot know. */
  async identify(token: string): Promise<Identity> {
    const hash = createHash('sha256').update(token).digest('base64');
    const known = this.#remembered.get(hash);
    if (known && this.#holds(known)) {
      this.#keys.refresh();
      return known.identity;
    }
    const { payload, protectedHeader, version } = await this.#verify(token);
    if (!isAccessToken(protectedHeader.typ)) throw refused('a token of the type at+jwt or JWT', 'another type');
    const identity = this.#identityOf(payload);
    this.#tokens.set(identity, token);
    this.#remembered.set(hash, { identity, verifiedAt: this.#clock.steady(), version });
    return identity;
  }

  /** Calls `ended` once when the token's key has left the issuer's set, until the function it returns is called. */
  watch(identity: Identity, ended: () => void): () => void {
    const token = this.#tokens.get(identity);
    return token === undefined ? () => {} : this.#watch.watch(token, ended);
  }

  async close(): Promise<void> {
    this.#watch.close();
    await this.#keys.close();
  }

  #holds({ identity, verifiedAt, version }: Remembered): boolean {
    const isFresh = this.#clock.steady() - verifiedAt < rememberedMs && version === this.#keys.version;
    return isFresh && identity.expiresAt !== null && this.#clock.now() < identity.expiresAt.getTime();
  }

  #identityOf(payload: JWTPayload): Identity {
    const expiresAt = new Date(Math.min((payload.exp ?? 0) * 1000, latest));
    if (expiresAt.getTime() <= this.#clock.now()) throw refused('a token that is valid now', 'one that has expired');
    const caller = callerOf(payload, this.#options);
    return { caller, id: bearerName(payload, caller.tenantId), expiresAt };
  }

  async #verify(token: string): Promise<JWTVerifyResult & { readonly version: number }> {
    const { issuer, audience, algorithms } = this.#options;
    const options: JWTVerifyOptions = {
      issuer,
      audience,
      algorithms: [...algorithms],
      requiredClaims: ['exp'],
      clockTolerance: toleranceSeconds,
      currentDate: new Date(this.#clock.now()),
    };
    let version = 0;
    const key: JWTVerifyGetKey = (header, signed) =>
      this.#withKeys((keys) => {
        version = keys.version;
        return keys.find(header, signed);
      });
    try {
      const result = await jwtVerify(token, key, options).catch((error) => {
        if (error instanceof errors.JWKSMultipleMatchingKeys) return anyOf(error, token, options);
        throw error;
      });
      return { ...result, version };
    } catch (error) {
      throw this.#faultOf(error);
    }
  }

  /** Looks for a key among those of the issuer, and once more among its newest when it is not there. */
  async #withKeys<Key>(find: (keys: Keys) => Promise<Key>): Promise<Key> {
    try {
      return await find(await this.#keys.keys());
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      return find(await this.#keys.newest());
    }
  }

  #faultOf(error: unknown): Fault {
    if (error instanceof Fault) return error;
    if (error instanceof errors.JOSEError) return refused(...(words[error.code] ?? wordsOf(error)));
    // As of a key that is too short: the issuer's fault, and the operator has to know of it.
    this.#log.warn({ err: error }, 'a token could not be verified');
    return refused('a token that can be verified', 'one that cannot');
  }
}

/** A token that names no key may be signed by any of several. */
async function anyOf(
  candidates: errors.JWKSMultipleMatchingKeys,
  token: string,
  options: JWTVerifyOptions,
): Promise<JWTVerifyResult> {
  for await (const key of candidates) {
    try {
      return await jwtVerify(token, key, options);
    } catch (error) {
      // A key that cannot be used, such as one that is too short, does not stand in the way of the next.
      const isOfKey = error instanceof errors.JWSSignatureVerificationFailed || !(error instanceof errors.JOSEError);
      if (!isOfKey) throw error;
    }
  }
  throw new errors.JWSSignatureVerificationFailed();
}

/** Milliseconds: the last moment that a Date can hold. */
const latest = 8.64e15;

/** RFC 9068, and issuers from before it. Others, such as `logout+jwt`, are signed by the same keys for other ends. */
const isAccessToken = (typ: unknown) =>
  typ === undefined || (typeof typ === 'string' && /^(application\/)?(at\+)?jwt$/i.test(typ));

const refused = (expected: string, got: string) => new Fault('UNAUTHENTICATED', `expected ${expected}, got ${got}`);

/** By the codes of `jose`. What a token holds is not repeated. */
const words: Readonly<Record<string, readonly [string, string]>> = {
  ERR_JWT_EXPIRED: ['a token that is valid now', 'one that has expired'],
  ERR_JOSE_ALG_NOT_ALLOWED: ['a token signed by an algorithm that is configured', 'another'],
  ERR_JWKS_NO_MATCHING_KEY: ['a token signed by a key of its issuer', 'one of another key'],
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: ['a token with its signature', 'one that was signed otherwise'],
};

const wordsOf = (error: errors.JOSEError): readonly [string, string] =>
  error instanceof errors.JWTClaimValidationFailed
    ? [`a token whose claim "${error.claim}" is as configured`, 'another']
    : ['an API key or a signed JWT', 'something else'];
