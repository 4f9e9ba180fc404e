import type { Library } from '../domain/ports.js';
import type { Recorder } from '../domain/record.js';
import type { Hub } from '../fanout/hub.js';
import type { Caller } from './caller.js';
import { Loaders } from './loaders.js';

/** What the resolvers call. */
export interface Services {
  readonly recorder: Recorder;
  readonly library: Library;
  readonly hub: Hub;
}

export interface Context extends Services {
  readonly caller: Caller;
  readonly loaders: Loaders;
}

/**
 * The context of one request, or of one message of a subscription: its loaders remember what they read, so none
 * outlives it.
 */
export const createContext = ({ recorder, library, hub }: Services, caller: Caller): Context => ({
  recorder,
  library,
  hub,
  caller,
  loaders: new Loaders(library, caller.tenantId),
});
