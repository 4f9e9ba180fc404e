import { expect, onTestFinished } from 'vitest';
import { type AuthParts, createAuthenticator } from '../../src/auth/authenticator.js';
import type { Clock } from '../../src/auth/clock.js';
import type { KeyStore } from '../../src/auth/keys/api-key.js';
import type { AuthOptions, JwtOptions } from '../../src/auth/options.js';
import { Fault } from '../../src/domain/errors.js';
import type { Log } from '../../src/domain/ports.js';

/** A clock that a test moves; both of its times begin as they are. */
export class TestClock implements Clock {
  #ahead = 0;
  now = () => Date.now() + this.#ahead;
  steady = () => performance.now() + this.#ahead;
  /** Milliseconds. */
  pass(ms: number): void {
    this.#ahead += ms;
  }
}

/** For tests in which nobody presents a key: asking for one is a fault of the test. */
const noKeys = new Proxy({} as KeyStore, {
  get: (_, name) => () => Promise.reject(new Error(`expected no key to be asked for, got ${String(name)}`)),
});

/** An authenticator, closed with the test, and what it logs. */
export async function authenticator(options: Partial<AuthOptions>, parts: Partial<AuthParts> = {}) {
  const logged: string[] = [];
  const line = (_: object, message: string) => void logged.push(message);
  const log: Log = { error: line, warn: line, info: line };
  const made = await createAuthenticator(
    { mode: 'on', jwt: null, oidc: null, ...options },
    { localToken: null, keyStore: noKeys, log, ...parts },
  );
  onTestFinished(() => made.close());
  return { ...made, logged };
}

/** One that takes the tokens of an issuer. */
export const ofIssuer = (jwt: JwtOptions, parts: Partial<AuthParts> = {}) => authenticator({ jwt }, parts);

/** The fault that credentials are answered with, as `CODE: words`. */
export async function refusal(authenticating: Promise<unknown>): Promise<string> {
  const error = await authenticating.then(
    (identity) => {
      throw new Error(`expected a refusal, got ${JSON.stringify(identity)}`);
    },
    (error) => error,
  );
  expect(error).toBeInstanceOf(Fault);
  return `${error.code}: ${error.message}`;
}
