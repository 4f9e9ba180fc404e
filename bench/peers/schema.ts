import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/child.js';

/** The same API for all: what is compared is how it is served. */
export const typeDefs = readFileSync(join(root, 'schema.graphql'), 'utf8');

export interface EventInput {
  readonly id: string;
  readonly stepId: string;
  readonly successful: boolean;
  readonly nodeGroupId?: string | null;
  readonly instanceId?: string | null;
  readonly instanceName?: string | null;
  readonly eventInfo?: string | null;
  readonly errorId?: string | null;
}

export interface ReportArguments {
  readonly input: { readonly events: readonly EventInput[] };
}
