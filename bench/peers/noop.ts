// Our own HTTP and GraphQL, with nothing behind it: what is left when recording a report costs nothing.
import { answer } from '../support/child.js';
import { serveOurHttp } from './our-http.js';

const recorded = {
  results: [{ id: '00000000-0000-4000-8000-000000000000', outcome: 'RECORDED', code: null, reason: null }],
  steps: [],
};
const url = await serveOurHttp(async () => recorded);

answer({ url: () => url });
