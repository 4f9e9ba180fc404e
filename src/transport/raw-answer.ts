import { STATUS_CODES } from 'node:http';
import { commonHeaders, type Refusal, refusalBody, refusalHeaders } from './refusal.js';

/** A refusal as a whole HTTP/1.1 answer, for a socket that has no answer object. It is the last on its connection. */
export function rawAnswer(refusal: Refusal): string {
  const body = refusalBody(refusal);
  const headers = {
    connection: 'close',
    ...commonHeaders,
    ...refusalHeaders(refusal),
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  };
  return [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? 'Refused'}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '',
    body,
  ].join('\r\n');
}
