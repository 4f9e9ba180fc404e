import { Fault } from '../domain/errors.js';

/** Credentials that are judged in memory should not be larger than what issuers make. */
const largest = 8 * 1024;

/**
 * The token of `Bearer <token>` (RFC 6750). Throws UNAUTHENTICATED, in words that repeat nothing of it: they may end up in
 * a log.
 */
export function bearerOf(authorization: string | undefined): string {
  if (authorization === undefined || authorization.trim() === '')
    throw new Fault('UNAUTHENTICATED', `expected ${wanted}, got none`);
  if (authorization.length > largest)
    throw new Fault('UNAUTHENTICATED', `expected a token of at most ${largest} characters, got more`);
  const token = /^Bearer +([\w\-.~+/]+=*) *$/i.exec(authorization)?.[1];
  if (token === undefined) throw new Fault('UNAUTHENTICATED', `expected ${wanted}, got something else`);
  return token;
}

const wanted = 'an `authorization` of the form "Bearer <token>"';
