import type { FastifyInstance } from 'fastify';
import type { Authenticator, Identity } from '../auth/identity.js';
import { Fault } from '../domain/errors.js';
import type { AddressLimits } from '../limits/address-limits.js';
import type { Limits } from '../limits/limits.js';
import { unlessRefused } from './refusal.js';

/** Counts each request for its caller until it is answered, before its body is read. What anybody may ask for is not counted. */
export function addLimits(http: FastifyInstance, limits: Limits): void {
  http.addHook('onRequest', async ({ identity }, reply) => {
    if (!identity) return;
    const release = unlessRefused(() => limits.ofCaller(identity.id).beginRequest());
    reply.raw.once('close', release);
    // Whoever left while its credentials were judged is not told of any more.
    if (reply.raw.closed || reply.raw.destroyed) release();
  });
}

/** Judges credentials that come from an address, unless too many from there have proved wrong. None at all are no guess. */
export async function authenticateFrom(
  address: AddressLimits,
  authenticator: Authenticator,
  authorization: string | undefined,
): Promise<Identity> {
  if (authorization === undefined) return authenticator.authenticate(undefined);
  address.expectFewFailures();
  try {
    return await authenticator.authenticate(authorization);
  } catch (error) {
    if (error instanceof Fault && error.code === 'UNAUTHENTICATED') address.authenticationFailed();
    throw error;
  }
}
