import { CloseCode } from 'graphql-ws';
import { Fault } from '../../domain/errors.js';

/** Why a socket is closed by the server. */
export interface Refusal {
  readonly code: number;
  readonly reason: string;
}

export const refusals = {
  invalid: { code: CloseCode.BadRequest, reason: 'Invalid message' },
  tooBig: { code: 1009, reason: 'Message too big before connection_ack' },
  binary: { code: 1003, reason: 'Expected text' },
  unauthorized: { code: CloseCode.Unauthorized, reason: 'Unauthorized' },
  forbidden: { code: CloseCode.Forbidden, reason: 'Forbidden' },
  protocol: { code: CloseCode.SubprotocolNotAcceptable, reason: 'Subprotocol not acceptable' },
  initTimeout: { code: CloseCode.ConnectionInitialisationTimeout, reason: 'Connection initialisation timeout' },
  idInUse: { code: CloseCode.SubscriberAlreadyExists, reason: 'Subscriber already exists' },
  initialisedTwice: { code: CloseCode.TooManyInitialisationRequests, reason: 'Too many initialisation requests' },
  failed: { code: CloseCode.InternalServerError, reason: 'Internal server error' },
  stalled: { code: 1013, reason: 'Try again later' },
  unavailable: { code: 1013, reason: 'Try again later' },
  goingAway: { code: 1001, reason: 'Going away' },
} as const satisfies Record<string, Refusal>;

/** Why credentials were not taken: they are bad, or cannot be judged at the moment. Null: the fault is the server's. */
export function refusalOfCredentials(error: unknown): Refusal | null {
  if (!(error instanceof Fault)) return null;
  return error.code === 'UNAUTHENTICATED' || error.code === 'FORBIDDEN' ? refusals.forbidden : refusals.unavailable;
}
