// Mercurius, its documents compiled, with Prisma, a transaction for each report.
import Fastify from 'fastify';
import mercurius from 'mercurius';
import { answer } from '../support/child.js';
import { peerPrisma } from './database.js';
import { record } from './record.js';
import { type ReportArguments, typeDefs } from './schema.js';

const prisma = await peerPrisma();
const app = Fastify();
await app.register(mercurius.default, {
  schema: typeDefs,
  resolvers: { Mutation: { reportEvents: (_: unknown, input: ReportArguments) => record(prisma, input) } },
  jit: 1,
});
const url = await app.listen({ port: 0 });

answer({ url: () => `${url}/graphql` });
