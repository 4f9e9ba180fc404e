import { defineConfig } from 'prisma/config';

// `prisma generate` looks for a native schema engine, and would download one, though it never runs it: the WebAssembly
// engine does the work. Any executable will do, so that generating needs no network.
if (process.argv.includes('generate')) process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  // Only for those who run Prisma's own CLI (`prisma migrate deploy`, `prisma studio`); the server passes its own.
  ...(process.env.DATABASE_URL && { datasource: { url: process.env.DATABASE_URL } }),
});
