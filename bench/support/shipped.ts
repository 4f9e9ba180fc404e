import { pathToFileURL } from 'node:url';
import { root } from './child.js';

/** A module of the server as `npm run build` makes it: what a peer shares with the server is the very same code. */
export const shipped = <Module>(path: string): Promise<Module> => import(pathToFileURL(`${root}dist/${path}`).href);
