import type { FastifyInstance } from 'fastify';
import type { AuthOptions } from '../auth/options.js';
import { forAnybody } from './authenticate.js';

/** `/auth.json`: what a page may sign its user in with. A token is not asked for where everybody is let in. */
export function addSignIn(http: FastifyInstance, { mode, oidc }: AuthOptions): void {
  const offered = { token: mode !== 'off', oidc };
  http.get('/auth.json', forAnybody, async () => offered);
}
