import { randomUUID } from 'node:crypto';

/** Counts units of this process, so that each is new. */
let units = 0;
const fleetName = randomUUID().slice(0, 8);

/**
 * The body of a `reportEvents` of so many events, each of a unit of its own, none ever sent before; `among` so many units,
 * these are reported again once all have been.
 */
export function reportBody(stepId: string, events: number, among = Number.POSITIVE_INFINITY): string {
  const items = Array.from({ length: events }, () => event(stepId, among)).join(',');
  return `${head}${items}]}}}`;
}

const query =
  'mutation Report($input: ReportEventsInput!) { reportEvents(input: $input) { results { id outcome code } } }';
const head = `{"query":"${query}","variables":{"input":{"events":[`;

function event(stepId: string, among: number): string {
  units += 1;
  const unit = units > among ? (units % among) + 1 : units;
  return `{"id":"${randomUUID()}","stepId":"${stepId}","successful":true,"nodeGroupId":"workers","instanceId":"${fleetName}-${unit}","instanceName":"worker-${unit}"}`;
}

/** Whether every event of an answer was recorded. */
export function allRecorded(body: string, events: number): boolean {
  return body.split('"RECORDED"').length === events + 1;
}
