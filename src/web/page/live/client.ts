import { createClient } from 'stepcast/client';
import { observed } from './observe.js';

/** The one client of the page: all it knows of the server comes through it. */
export const client = observed(createClient({ url: new URL('/graphql', location.href).href }));
