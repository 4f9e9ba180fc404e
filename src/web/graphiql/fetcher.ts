import { createGraphiQLFetcher, type Fetcher } from '@graphiql/toolkit';
import { Kind, parse } from 'graphql';
import { createClient } from 'graphql-ws';

/** Where this page's server answers. */
export const graphql = new URL('/graphql', location.href);
const socket = new URL(graphql);
socket.protocol = graphql.protocol.replace('http', 'ws');

const send = createGraphiQLFetcher({
  url: graphql.href,
  // Lazy: a socket is open only while there are subscriptions.
  wsClient: createClient({ url: socket.href, lazy: true, retryAttempts: Number.POSITIVE_INFINITY }),
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
