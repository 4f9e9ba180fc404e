import { pathToFileURL } from 'node:url';
import { root } from './child.js';

/** A module of the server as `npm run build` makes it: so that a peer shares the same code with the server. */
export const shipped = <Module>(path: string): Promise<Module> => import(pathToFileURL(`${root}dist/${path}`).href);
