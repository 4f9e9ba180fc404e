import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Log } from '../domain/ports.js';

/**
 * What a request is found by in logs, those of a proxy and of callers too: its `x-request-id`, if that is a short name without
 * special characters; the id of the trace it belongs to (W3C Trace Context); or a new one.
 */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  const { 'x-request-id': given, traceparent } = headers;
  if (typeof given === 'string' && /^[\w.:/+=-]{1,128}$/.test(given)) return given;
  return traceIdOf(traceparent) ?? randomBytes(16).toString('hex');
}

const traceIdOf = (traceparent: unknown) =>
  typeof traceparent === 'string'
    ? /^00-(?!0{32})([\da-f]{32})-[\da-f]{16}-[\da-f]{2}$/.exec(traceparent)?.[1]
    : undefined;

/** The log, with every line under the request's id. */
export const logFor = (log: Log, requestId: string | undefined): Log =>
  requestId === undefined
    ? log
    : {
        error: (fields, message) => log.error({ requestId, ...fields }, message),
        warn: (fields, message) => log.warn({ requestId, ...fields }, message),
        info: (fields, message) => log.info({ requestId, ...fields }, message),
      };
