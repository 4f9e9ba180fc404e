import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Caller } from '../auth/caller.js';
import type { Authenticator, Identity } from '../auth/identity.js';
import { Fault } from '../domain/errors.js';
import type { Limits } from '../limits/limits.js';
import { valuesOf } from './header-values.js';
import { authenticateFrom } from './limits.js';
import { type Refusal, RefusedError, refusalOfFault } from './refusal.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether it is answered to anybody. */
    readonly public?: boolean;
  }
  interface FastifyRequest {
    /** Null where the route is public. */
    identity: Identity | null;
  }
}

/** Of a route that says nothing about anybody's clusters. */
export const forAnybody = { config: { public: true } } as const;

/**
 * Finds out who sends a request, before its body is read. A route is for those with credentials unless it says otherwise.
 * What is not served at all is told to anybody.
 */
export function addAuthentication(http: FastifyInstance, authenticator: Authenticator, limits: Limits): void {
  http.decorateRequest('identity', null);
  http.addHook('onRequest', async (request) => {
    if (request.is404 || request.routeOptions.config.public) return;
    // Of several no one can be meant: as a list, as RFC 9110 (5.2) reads them, they are no credentials.
    const authorization = valuesOf(request.raw, 'authorization').join(', ') || undefined;
    try {
      request.identity = await authenticateFrom(limits.ofAddress(request.raw), authenticator, authorization);
    } catch (error) {
      throw error instanceof Fault ? new RefusedError(refusalOfCredentials(error, authorization)) : error;
    }
  });
}

/** Whose request it is. Throws on a public route, where nobody was asked. */
export function identityOf({ identity, url }: FastifyRequest): Identity {
  if (!identity) throw new Error(`expected ${url} to be a route that asks for credentials`);
  return identity;
}

export const callerOf = (request: FastifyRequest): Caller => identityOf(request).caller;

/** RFC 6750, 3: what went wrong is told only to who has sent credentials. */
function refusalOfCredentials(fault: Fault, authorization: string | undefined): Refusal {
  const refusal = refusalOfFault(fault);
  if (refusal.status !== 401) return refusal;
  const challenge = authorization === undefined ? 'Bearer' : 'Bearer error="invalid_token"';
  return { ...refusal, headers: { 'www-authenticate': challenge } };
}
