import { createGraphiQLFetcher, type Fetcher } from '@graphiql/toolkit';
import { Kind, parse } from 'graphql';
import { createClient } from 'graphql-ws';

const graphql = new URL('/graphql', location.href);
const socket = new URL(graphql);
socket.protocol = graphql.protocol.replace('http', 'ws');

const send = createGraphiQLFetcher({
  url: graphql.href,
  // Lazy: no socket is open before the first subscription runs, nor after the last one ends.
  wsClient: createClient({ url: socket.href, lazy: true, retryAttempts: Number.POSITIVE_INFINITY }),
});

/**
 * Asks this page's own server: subscriptions over a socket, the rest over HTTP. Which it is, the text decides: for a
 * moment after a change of tabs, the name and the document that GraphiQL passes along are still the last tab's.
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
