import { onTestFinished } from 'vitest';
import {
  ClusterEventsDocument,
  type ClusterEventsSubscriptionVariables,
  ClusterProgressDocument,
  type ClusterProgressSubscription,
} from '../../src/generated/client.js';
import { Ended, type Live, open } from '../support/api.js';
import { present } from './fixture.js';

export type Progress = ClusterProgressSubscription['clusterProgress'];

/** A stream that is closed with the test. */
export function ending<Data>(live: Live<Data>): Live<Data> {
  onTestFinished(() => live.close());
  return live;
}

export const progressOf = (url: string, clusterId: string, after: string | null = null) =>
  ending(open(url, ClusterProgressDocument, { clusterId, after }));

export const eventsOf = (url: string, clusterId: string, more: Partial<ClusterEventsSubscriptionVariables> = {}) =>
  ending(open(url, ClusterEventsDocument, { clusterId, ...more }));

/** The errors that a stream ends with before its first message. */
export async function ended(live: { next(): Promise<unknown> }) {
  const end = await live.next().catch((error: unknown) => error);
  return { errors: present(end instanceof Ended ? end.errors : undefined) };
}

/** The data of the next message. */
export async function next<Data>(live: Live<Data>): Promise<Data> {
  const { data, errors } = await live.next();
  if (!data) throw new Error(`expected data, got ${JSON.stringify(errors)}`);
  return data;
}

/** What a reader holds that does as W1 says: a snapshot replaces everything, other messages merge by id. */
export function held(messages: readonly Progress[]) {
  const state = { steps: new Map<string, Progress['steps'][number]>(), operations: new Map<string, object>() };
  for (const { snapshot, steps, operations } of messages) {
    if (snapshot) for (const rows of Object.values(state)) rows.clear();
    for (const step of steps) state.steps.set(step.id, step);
    for (const operation of operations) state.operations.set(operation.id, operation);
  }
  return { steps: [...state.steps.values()], operations: [...state.operations.values()] };
}
