import { createGraphiQLFetcher, type Fetcher } from '@graphiql/toolkit';
import { Kind, parse } from 'graphql';
import { createClient } from 'graphql-ws';
import { StepcastError } from 'stepcast/client';
import { bearer } from '../sign-in/bearer.js';
import { refused } from './refused.js';

/** Where this page's server answers. */
export const graphql = new URL('/graphql', location.href);
const socket = new URL(graphql);
socket.protocol = graphql.protocol.replace('http', 'ws');

async function authorization(): Promise<{ authorization?: string }> {
  try {
    const token = await bearer();
    return token === undefined ? {} : { authorization: `Bearer ${token}` };
  } catch (fault) {
    if (isRefusal(fault)) refused.set(true);
    throw fault;
  }
}

const isRefusal = (fault: unknown) => fault instanceof StepcastError && fault.code === 'UNAUTHENTICATED';

/** The same as `fetch`, as whom the viewer is signed in. */
export const signedFetch: typeof fetch = async (url, init) => {
  const headers = new Headers(init?.headers);
  for (const [name, value] of Object.entries(await authorization())) headers.set(name, value);
  const response = await fetch(url, { ...init, headers });
  refused.set(response.status === 401);
  return response;
};

/** Close code: the server does not accept the token. */
const forbidden = 4403;

const send = createGraphiQLFetcher({
  url: graphql.href,
  fetch: signedFetch,
  // Lazy: a socket is open only while there are subscriptions.
  wsClient: createClient({
    url: socket.href,
    lazy: true,
    connectionParams: authorization,
    retryAttempts: Number.POSITIVE_INFINITY,
    on: {
      connected: () => refused.set(false),
      closed: (event) => (event as CloseEvent).code === forbidden && refused.set(true),
    },
  }),
});

/**
 * Sends operations to this page's server: subscriptions over a websocket, others over HTTP. The text decides which: just
 * after a change of tabs, the name and the document that GraphiQL passes are still those of the previous tab.
 */
export const fetcher: Fetcher = (params, options) => {
  const documentAST = parse(params.query);
  const names = documentAST.definitions.flatMap((each) =>
    each.kind === Kind.OPERATION_DEFINITION ? [each.name?.value] : [],
  );
  const given = params.operationName ?? undefined;
  const operationName = names.includes(given) ? given : names[0];
  return send({ ...params, operationName: operationName ?? null }, { ...options, documentAST });
};
