import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/child.js';
/** The same API for all: what is compared is how it is served. */
export const typeDefs = readFileSync(join(root, 'schema.graphql'), 'utf8');
