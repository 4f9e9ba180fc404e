import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import type { Client } from 'graphql-ws';

/** A list comes whole. Apollo warns of one that is shorter than before, as after the database was restored from a copy. */
const typePolicies = {
  Cluster: { fields: { provisioningProgress: { merge: false } } },
  ClusterOperation: { fields: { steps: { merge: false } } },
};

/** Apollo Client: `url` for queries and mutations, a socket of `openSocket` for subscriptions. */
export const createApolloClient = (url: string, socket: Client) =>
  new ApolloClient({
    cache: new InMemoryCache({ typePolicies }),
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new GraphQLWsLink(socket),
      new HttpLink({ uri: url }),
    ),
  });
