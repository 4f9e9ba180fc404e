import { createClient } from 'stepcast/client';

/** The one client of the page: all it knows of the server comes through it. */
export const client = createClient({ url: new URL('/graphql', location.href).href });
