import { type LogFilter, type LogScope, longestText } from '../live/log/scope.js';

export const scopes = ['step', 'operation', 'cluster'] as const;
export type ScopeName = (typeof scopes)[number];

/** The search parameters that narrow what is shown. */
export const conditions = ['outcome', 'q', 'nodeGroup', 'instance', 'instanceName'] as const;

/** What an address asks for; what it says wrongly is as if it said nothing. */
export function readScope(search: string): ScopeName {
  const scope = new URLSearchParams(search).get('scope');
  return scopes.find((name) => name === scope) ?? 'step';
}

export function readFilter(search: string): LogFilter {
  const given = new URLSearchParams(search);
  const text = given.get('q')?.slice(0, longestText);
  const outcome = given.get('outcome');
  const [nodeGroupId, instanceId, instanceName] = [
    given.get('nodeGroup'),
    given.get('instance'),
    given.get('instanceName'),
  ];
  return {
    ...((outcome === 'succeeded' || outcome === 'failed') && { successful: outcome === 'succeeded' }),
    ...(text && { text }),
    ...(nodeGroupId !== null && { nodeGroupId }),
    ...(instanceId !== null && { instanceId }),
    ...(instanceName !== null && { instanceName }),
  };
}

export function scopeOf(name: ScopeName, step: { id: string; clusterId: string; operationId: string }): LogScope {
  const { clusterId, operationId } = step;
  if (name === 'cluster') return { clusterId };
  return name === 'operation' ? { clusterId, operationId } : { clusterId, operationId, stepId: step.id };
}
