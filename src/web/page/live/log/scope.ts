import type { Event, EventFilter } from 'stepcast/client';

/** Which part of a cluster's log is read: a step's, an operation's, or all of it. */
export interface LogScope {
  readonly clusterId: string;
  readonly operationId?: string | undefined;
  readonly stepId?: string | undefined;
}

/** What the reader looks for. What is not given is no condition. */
export interface LogFilter {
  readonly successful?: boolean | undefined;
  readonly text?: string | undefined;
  readonly nodeGroupId?: string | undefined;
  readonly instanceId?: string | undefined;
  readonly instanceName?: string | undefined;
}

/** Characters that the server takes as a text to look for. */
export const longestText = 1_000;

/** Scope and filter as the server's conditions. */
export function conditionsOf({ operationId, stepId }: LogScope, filter: LogFilter): EventFilter {
  const given = { stepId, operationId: stepId ? undefined : operationId, ...filter };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== ''));
}

/**
 * Whether the server would find an event by this filter: the live stream knows step and outcome only, so what comes by it is
 * looked through here.
 */
export function matches(event: Event, { successful, text, nodeGroupId, instanceId, instanceName }: LogFilter): boolean {
  if (successful !== undefined && event.successful !== successful) return false;
  if (nodeGroupId !== undefined && event.nodeGroupId !== nodeGroupId) return false;
  if (instanceId !== undefined && event.instanceId !== instanceId) return false;
  if (instanceName !== undefined && event.instanceName !== instanceName) return false;
  return !text || contains(event, text.toLowerCase());
}

const contains = ({ eventInfo, instanceId, instanceName, nodeGroupId }: Event, text: string): boolean =>
  [instanceName, instanceId, nodeGroupId, eventInfo].some((value) => value?.toLowerCase().includes(text));

/** Whether the server has to look through the log for these, part by part, beyond what the live stream can be asked for. */
export const isSearch = ({ text, nodeGroupId, instanceId, instanceName }: LogFilter): boolean =>
  !!text || nodeGroupId !== undefined || instanceId !== undefined || instanceName !== undefined;

/** Whether anything is looked for at all. */
export const isFiltered = (filter: LogFilter): boolean => filter.successful !== undefined || isSearch(filter);
