import type { Client } from 'graphql-ws';
import {
  Environment,
  type FetchFunction,
  type GraphQLResponse,
  Network,
  Observable,
  RecordSource,
  Store,
  type SubscribeFunction,
} from 'relay-runtime';

/** Relay's environment: `url` for queries and mutations, a socket of `openSocket` for subscriptions. */
export function createRelayEnvironment(url: string, socket: Client): Environment {
  const execute: FetchFunction = async ({ text }, variables) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query: text, variables }) });
    return (await response.json()) as GraphQLResponse;
  };
  const subscribe: SubscribeFunction = ({ text }, variables) =>
    Observable.create<GraphQLResponse>((sink) =>
      socket.subscribe(
        { query: text ?? '', variables },
        {
          next: (message) => sink.next(message as GraphQLResponse),
          error: (error) => sink.error(error as Error),
          complete: () => sink.complete(),
        },
      ),
    );
  const network = Network.create(execute, subscribe);
  return new Environment({ network, store: new Store(new RecordSource()), getDataID });
}

/** They carry the id of an event or a cluster, and Relay knows objects by their ids alone. */
export const answers = ['ReportResult', 'DeleteClusterPayload'];

const getDataID = ({ id }: { id?: unknown }, type: string) => (answers.includes(type) ? undefined : id);
