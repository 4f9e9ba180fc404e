// Our own HTTP and GraphQL, with nothing behind it: what is left when recording a report costs nothing.
import { pino } from 'pino';
import type { Services } from '../../src/graphql/context.js';
import { answer } from '../support/child.js';
import { shipped } from '../support/shipped.js';

const { createHttp } = await shipped<typeof import('../../src/transport/http.js')>('transport/http.js');
const { loadSchema } = await shipped<typeof import('../../src/graphql/schema.js')>('graphql/schema.js');

const recorded = {
  results: [{ id: '00000000-0000-4000-8000-000000000000', outcome: 'RECORDED', code: null, reason: null }],
  steps: [],
};
const services = { recorder: { reportEvents: async () => recorded } } as unknown as Services;
const http = await createHttp({ schema: loadSchema(), services, log: pino({ level: 'silent' }), ready: () => true });
const url = await http.listen({ port: 0, host: '127.0.0.1' });

answer({ url: () => `${url}/graphql` });
