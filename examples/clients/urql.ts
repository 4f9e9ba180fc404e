import {
  Client,
  type ExecutionResult,
  fetchExchange,
  type SubscriptionForwarder,
  subscriptionExchange,
} from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import type { FormattedExecutionResult, Client as Socket } from 'graphql-ws';

/** urql with its normalised cache: `url` for queries and mutations, a socket of `openSocket` for subscriptions. */
export const createUrqlClient = (url: string, socket: Socket) =>
  new Client({
    url,
    preferGetMethod: false,
    exchanges: [
      cacheExchange({ keys }),
      fetchExchange,
      subscriptionExchange({ forwardSubscription: forwardTo(socket) }),
    ],
  });

const forwardTo =
  (socket: Socket): SubscriptionForwarder =>
  ({ query = '', variables = {} }) => ({
    subscribe: (sink) => {
      const next = (message: FormattedExecutionResult) => sink.next(message as ExecutionResult);
      return { unsubscribe: socket.subscribe({ query, variables }, { ...sink, next }) };
    },
  });

const partOfItsParent = () => null;

/** Types without an id. Those that are not named here are embedded as well, but graphcache warns of each. */
export const keys = {
  ClusterChanges: partOfItsParent,
  ClusterCounts: partOfItsParent,
  ClusterEventBatch: partOfItsParent,
  ClusterProgress: partOfItsParent,
  Estimate: partOfItsParent,
  KnownCause: partOfItsParent,
  ProvisioningSteps: partOfItsParent,
  Server: partOfItsParent,
  StepRun: partOfItsParent,
  StepUnit: partOfItsParent,
  StepUnits: partOfItsParent,
  IndexedUnit: partOfItsParent,
};
