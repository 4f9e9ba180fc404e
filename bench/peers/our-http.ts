import { pino } from 'pino';
import type { Services } from '../../src/graphql/context.js';
import { shipped } from '../support/shipped.js';
import type { ReportArguments } from './schema.js';

/** What `reportEvents` answers. */
export interface Recorded {
  readonly results: readonly object[];
  readonly steps: readonly object[];
}

/** Serves our own HTTP and GraphQL, from the build that is shipped, with something else behind `reportEvents`. */
export async function serveOurHttp(
  reportEvents: (tenantId: string, input: ReportArguments['input']) => Promise<Recorded>,
): Promise<string> {
  const { everybody } = await shipped<typeof import('../../src/auth/everybody.js')>('auth/everybody.js');
  const { readConfig } = await shipped<typeof import('../../src/config.js')>('config.js');
  const { Limits } = await shipped<typeof import('../../src/limits/limits.js')>('limits/limits.js');
  const { createHttp } = await shipped<typeof import('../../src/transport/http.js')>('transport/http.js');
  const { createPrepareOperation } = await shipped<typeof import('../../src/graphql/prepare.js')>('graphql/prepare.js');
  const { loadSchema } = await shipped<typeof import('../../src/graphql/schema.js')>('graphql/schema.js');
  const schema = loadSchema();
  const http = await createHttp({
    schema,
    services: { recorder: { reportEvents } } as unknown as Services,
    prepare: createPrepareOperation(schema),
    log: pino({ level: 'silent' }),
    door: { admit: () => null },
    authenticator: everybody,
    limits: new Limits(readConfig({}).limits),
    auth: { mode: 'off', jwt: null, oidc: null },
    ready: () => true,
  });
  return `${await http.listen({ port: 0, host: '127.0.0.1' })}/graphql`;
}
