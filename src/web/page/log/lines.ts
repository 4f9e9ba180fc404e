import type { Event } from 'stepcast/client';

/** An event as a line of JSON. */
export const asJson = (event: Event): string => JSON.stringify(event);

/** An event as text: a line, and what was reported below it, indented. Times are in UTC. */
export function asText(event: Event, stepName: string | undefined): string {
  const { occurredAt, successful, late, withdrawn, nodeGroupId, instanceName, instanceId, errorId, eventInfo } = event;
  const line = [
    occurredAt,
    successful ? 'succeeded' : 'failed   ',
    stepName,
    nodeGroupId,
    instanceName ?? instanceId ?? 'whole step',
    errorId && `error id ${errorId}`,
    late && 'late',
    withdrawn && 'withdrawn',
  ];
  const head = line.filter(Boolean).join('  ');
  return eventInfo ? `${head}\n${eventInfo.trimEnd().replace(/^/gm, '    ')}` : head;
}
