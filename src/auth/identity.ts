import type { Caller } from './caller.js';

/** Who a request or a socket belongs to. */
export interface Identity {
  /** All of it that resolvers may read, and that readers who share an execution must have in common. */
  readonly caller: Caller;
  /** For limits and logs, never for resolvers: `local`, `key <id>`, `jwt <issuer> <tenant> <subject>`. */
  readonly id: string;
  /** When it ends by itself; null: never. */
  readonly expiresAt: Date | null;
}

export interface Authenticator {
  /**
   * Whose credentials these are: the value of the `authorization` header, or of the field of that name in the payload of
   * `connection_init`. Rejects with a Fault: UNAUTHENTICATED; UNAVAILABLE when what it takes to judge them is away;
   * LIMIT_EXCEEDED when too many wait for that.
   */
  authenticate(authorization: string | undefined): Promise<Identity>;
  /**
   * Calls `ended` once when the identity no longer holds: within 5 s when it has expired or its API key was revoked,
   * within two minutes when the issuer has taken back the key that signed it. Not after the function that is returned
   * was called.
   */
  watch(identity: Identity, ended: () => void): () => void;
  close(): Promise<void>;
}
