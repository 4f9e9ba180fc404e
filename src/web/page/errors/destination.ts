import type { Event } from 'stepcast/client';

type Located = Pick<Event, 'id' | 'clusterId' | 'provisionStepId'> & {
  readonly step: { readonly operationId: string };
};

/** The address of exactly this event: its step's log, and the event open in it. */
export function addressOfEvent({ id, clusterId, provisionStepId, step }: Located): string {
  const [cluster, operation, stepId] = [clusterId, step.operationId, provisionStepId].map(encodeURIComponent);
  return `/clusters/${cluster}/operations/${operation}/steps/${stepId}?tab=log&event=${encodeURIComponent(id)}`;
}

/** Characters of an error id at most; longer ones name nothing. */
export const longestErrorId = 255;

/** The id that somebody typed or pasted: without what is around it, such as `error id: 5f2c`, quotes or brackets. */
export function errorIdIn(typed: string): string {
  return typed
    .trim()
    .replace(/^error[ _-]?id\s*[:=]?\s*/i, '')
    .replace(/^["'`([<]+|["'`)\]>.,;]+$/g, '')
    .trim()
    .slice(0, longestErrorId);
}
