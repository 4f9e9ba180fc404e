import { randomUUID } from 'node:crypto';

/** Counts units of this process, so that each is new. */
let units = 0;
const fleetName = randomUUID().slice(0, 8);

/** The body of a `reportEvents` of so many events, each of a unit of its own, none ever sent before. */
export function reportBody(stepId: string, events: number): string {
  const items = Array.from({ length: events }, () => event(stepId)).join(',');
  return `${head}${items}]}}}`;
}

const query =
  'mutation Report($input: ReportEventsInput!) { reportEvents(input: $input) { results { id outcome code } } }';
const head = `{"query":"${query}","variables":{"input":{"events":[`;

function event(stepId: string): string {
  units += 1;
  return `{"id":"${randomUUID()}","stepId":"${stepId}","successful":true,"nodeGroupId":"workers","instanceId":"${fleetName}-${units}","instanceName":"worker-${units}"}`;
}

/** Whether every event of an answer was recorded. */
export function allRecorded(body: string, events: number): boolean {
  return body.split('"RECORDED"').length === events + 1;
}
