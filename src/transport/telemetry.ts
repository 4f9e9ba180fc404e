import type { Identity } from '../auth/identity.js';
import type { ErrorCode } from '../domain/errors.js';
import type { Outcome } from '../graphql/outcome.js';

/** A request, or a socket, and whose it is. */
export interface Asking {
  readonly transport: 'http' | 'websocket';
  /** Of the request, or of the socket. */
  readonly requestId: string;
  readonly identity: Identity | null;
}

export interface OperationStart extends Asking {
  /** W3C Trace Context, as it came. */
  readonly traceparent: string | undefined;
}

/** An answer over HTTP. */
export interface Answer extends Asking {
  readonly method: string;
  /** The pattern of its route; null when nothing is served there. */
  readonly route: string | null;
  readonly status: number;
  /** Why it was refused; null when it was not. */
  readonly code: ErrorCode | null;
  readonly milliseconds: number;
}

/** What the transport tells of its work, for logs, metrics and traces. No method may throw, or change what the work does. */
export interface Telemetry {
  answered(answer: Answer): void;
  /** A GraphQL operation begins: before its document is looked at. */
  operation(start: OperationStart): RunningOperation;
  /** A websocket is closed by the server, with a code of the protocol. */
  closed(code: number): void;
}

export interface RunningOperation {
  /** Does its work, so that what that does is traced back to it. */
  within<T>(work: () => T): T;
  /** It was answered, or joined to a stream. What is said a second time is not heard. */
  ended(outcome: Outcome): void;
}

const running: RunningOperation = { within: (work) => work(), ended: () => {} };

export const untold: Telemetry = { answered: () => {}, operation: () => running, closed: () => {} };
