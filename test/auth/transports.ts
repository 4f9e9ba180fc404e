import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Credentials } from './credentials.js';

/** What became of an operation: its answer, as text; or, with `refused`, why there is none. */
export interface Outcome {
  readonly refused: string | null;
  readonly text: string;
}

export type Transport = (url: string, document: string, authorization: Credentials) => Promise<Outcome>;

/** By POST. Refused: the status and the code. */
export const byHttp: Transport = async (url, query, authorization) => {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) },
    body: JSON.stringify({ query }),
  });
  const text = await response.text();
  const [error] = JSON.parse(text).errors ?? [];
  const challenge = response.headers.get('www-authenticate');
  const refused = response.ok ? null : [response.status, error?.extensions.code, challenge].filter(Boolean).join(' ');
  return { refused, text };
};

/** Over a socket of its own. Refused: the code of the error, or the one that the socket was closed with. */
export const bySocket: Transport = async (url, query, authorization) => {
  const client = createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: { authorization },
  });
  try {
    return await new Promise<Outcome>((resolve) => {
      client.subscribe(
        { query },
        {
          next: (result) => resolve({ refused: null, text: JSON.stringify(result) }),
          error: (reason) => resolve({ refused: codeOf(reason), text: JSON.stringify(reason) }),
          complete: () => resolve({ refused: null, text: '' }),
        },
      );
    });
  } finally {
    await client.dispose();
  }
};

const codeOf = (reason: unknown): string =>
  Array.isArray(reason) ? reason[0].extensions.code : String((reason as { code?: number }).code);
