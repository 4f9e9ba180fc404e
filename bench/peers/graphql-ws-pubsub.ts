// Subscriptions as the documentation of Apollo Server and of graphql-ws shows them: a PubSub, and graphql-ws on `ws`.
import { ApolloServer } from '@apollo/server';
import fastifyApollo from '@as-integrations/fastify';
import { makeExecutableSchema } from '@graphql-tools/schema';
import Fastify from 'fastify';
import { PubSub } from 'graphql-subscriptions';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { answer } from '../support/child.js';
import { durable } from './durable.js';
import { type ReportArguments, typeDefs } from './schema.js';

const { target, report } = await durable();
const pubsub = new PubSub();
let subscribers = 0;

const schema = makeExecutableSchema({
  typeDefs,
  resolvers: {
    Mutation: {
      async reportEvents(_: unknown, input: ReportArguments) {
        const { answer, clusterProgress } = await report(input);
        await pubsub.publish('CLUSTER_PROGRESS', { clusterProgress });
        return answer;
      },
    },
    Subscription: {
      clusterProgress: {
        subscribe() {
          subscribers += 1;
          return pubsub.asyncIterableIterator('CLUSTER_PROGRESS');
        },
      },
    },
  },
});
const app = Fastify();
// biome-ignore lint/correctness/useHookAtTopLevel: the name is graphql-ws' own; it is no hook.
useServer({ schema }, new WebSocketServer({ server: app.server, path: '/graphql' }));
const apollo = new ApolloServer({ schema });
await apollo.start();
await app.register(fastifyApollo(apollo));
const url = await app.listen({ port: 0, host: '127.0.0.1' });

answer({ url: () => `${url}/graphql`, target, subscribers: () => subscribers });
