// Apollo Server on Fastify with Prisma, a transaction for each report.
import { ApolloServer } from '@apollo/server';
import fastifyApollo, { fastifyApolloDrainPlugin } from '@as-integrations/fastify';
import Fastify from 'fastify';
import { answer } from '../support/child.js';
import { peerPrisma } from './database.js';
import { record } from './record.js';
import { type ReportArguments, typeDefs } from './schema.js';

const prisma = await peerPrisma();
const app = Fastify();
const apollo = new ApolloServer({
  typeDefs,
  resolvers: { Mutation: { reportEvents: (_: unknown, input: ReportArguments) => record(prisma, input) } },
  plugins: [fastifyApolloDrainPlugin(app)],
});
await apollo.start();
await app.register(fastifyApollo(apollo));
const url = await app.listen({ port: 0 });

answer({ url: () => `${url}/graphql` });
