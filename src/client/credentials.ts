import { StepcastError } from './errors.js';

/**
 * The caller's bearer token, or a function that returns the one to send: it is called for every request and every connection,
 * and again when the server did not accept what it returned. Undefined: there is none.
 */
export type Token = string | (() => string | undefined | Promise<string | undefined>);

/** A header of requests, and a parameter of connections. */
export type Credentials = { readonly authorization?: string };

/**
 * The caller's credentials. Rejects with a StepcastError: that of the function where it rejects with one (UNAUTHENTICATED: the
 * caller is signed out), otherwise UNAVAILABLE, since a token may be there later.
 */
export async function authorization(token: Token | undefined): Promise<Credentials> {
  const value = typeof token === 'function' ? await called(token) : token;
  if (value === undefined) return {};
  // What is no header is never put into one: the error that a platform throws for it shows the value.
  if (/^[\x21-\x7e]+$/.test(value)) return { authorization: `Bearer ${value}` };
  throw new StepcastError(
    'UNAUTHENTICATED',
    `expected a token of printable ASCII characters without spaces, got one of ${value.length} characters with others`,
  );
}

async function called(token: () => string | undefined | Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await token();
  } catch (error) {
    if (error instanceof StepcastError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new StepcastError('UNAVAILABLE', `cannot get a token: ${reason}`, { cause: error });
  }
}
