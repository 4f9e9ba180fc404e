// Subscriptions as the documentation of Mercurius shows them: its own PubSub and websocket, its documents compiled.
import Fastify from 'fastify';
import mercurius, { type PubSub } from 'mercurius';
import { answer } from '../support/child.js';
import { durable } from './durable.js';
import { type ReportArguments, typeDefs } from './schema.js';

const { target, report } = await durable();
let subscribers = 0;

const app = Fastify();
await app.register(mercurius.default, {
  schema: typeDefs,
  resolvers: {
    Mutation: {
      async reportEvents(_: unknown, input: ReportArguments, { pubsub }: { pubsub: PubSub }) {
        const { answer, clusterProgress } = await report(input);
        await pubsub.publish({ topic: 'CLUSTER_PROGRESS', payload: { clusterProgress } });
        return answer;
      },
    },
    Subscription: {
      clusterProgress: {
        subscribe(_: unknown, __: unknown, { pubsub }: { pubsub: PubSub }) {
          subscribers += 1;
          return pubsub.subscribe('CLUSTER_PROGRESS');
        },
      },
    },
  },
  subscription: true,
  jit: 1,
});
const url = await app.listen({ port: 0, host: '127.0.0.1' });

answer({ url: () => `${url}/graphql`, target, subscribers: () => subscribers });
