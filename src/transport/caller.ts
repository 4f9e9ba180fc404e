import type { Caller } from '../auth/caller.js';

/** The caller of every request while no authentication is configured: the server then answers this machine only. */
export const localCaller: Caller = { tenantId: 'default', roles: ['VIEWER', 'REPORTER', 'ADMIN'] };
