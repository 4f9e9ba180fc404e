// Mercurius, its documents compiled, with Prisma, a transaction for each report.
import Fastify from 'fastify';
import mercurius from 'mercurius';
import { answer } from '../support/child.js';
import { peerDatabase } from './database.js';
import { record } from './record.js';
import { typeDefs } from './schema.js';
const { prisma } = await peerDatabase();
const app = Fastify();
await app.register(mercurius.default, {
    schema: typeDefs,
    resolvers: { Mutation: { reportEvents: (_, input) => record(prisma, input) } },
    jit: 1,
});
const url = await app.listen({ port: 0 });
answer({ url: () => `${url}/graphql` });
