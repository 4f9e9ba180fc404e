import { createClient } from 'stepcast/client';
import { bearer } from '../../sign-in/bearer.js';
import { observed } from './observe.js';

const direct = createClient({ url: new URL('/graphql', location.href).href, token: bearer });

/** The one client of the page: all it knows of the server comes through it. */
export const client = observed(direct);

/** Whom the server takes the viewer for, now: unlike the client, it does not wait for another sign-in when this one is refused. */
export const askViewer = () => direct.viewer();
