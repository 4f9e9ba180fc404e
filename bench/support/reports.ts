import { randomUUID } from 'node:crypto';

/** Counts units of this process, so that each is new. */
let units = 0;
const fleetName = randomUUID().slice(0, 8);

export interface ReportOptions {
  /** How many units report, again and again; without it, each event is of a new one. */
  readonly among?: number | undefined;
  /** Every event is a failure, of one of three causes, or of a cause of its own. */
  readonly failures?: 'of three causes' | 'all different' | undefined;
}

/** The body of a `reportEvents` of so many events, none ever sent before. */
export function reportBody(stepId: string, events: number, options: ReportOptions = {}): string {
  const items = Array.from({ length: events }, () => event(stepId, options)).join(',');
  return `${head}${items}]}}}`;
}

const query =
  'mutation Report($input: ReportEventsInput!) { reportEvents(input: $input) { results { id outcome code } } }';
const head = `{"query":"${query}","variables":{"input":{"events":[`;

function event(stepId: string, { among = Number.POSITIVE_INFINITY, failures }: ReportOptions): string {
  units += 1;
  const unit = units > among ? (units % among) + 1 : units;
  const outcome = failures
    ? `"successful":false,"eventInfo":${JSON.stringify(failure(failures, unit))}`
    : '"successful":true';
  return `{"id":"${randomUUID()}","stepId":"${stepId}",${outcome},"nodeGroupId":"workers","instanceId":"${fleetName}-${unit}","instanceName":"worker-${unit}"}`;
}

function failure(failures: 'of three causes' | 'all different', unit: number): string {
  const address = `10.${(unit >> 16) & 255}.${(unit >> 8) & 255}.${unit & 255}`;
  if (failures === 'all different') return `the volume driver answered ${inLetters(unit)} to ${address}`;
  const texts = [
    `dial tcp ${address}:22: connect: connection refused`,
    `fatal: [worker-${unit}]: FAILED! => {"changed": true, "msg": "non-zero return code", "rc": 100, "stderr": "E: Unable to fetch some archives from ${address}"}`,
    `Traceback (most recent call last):\n  File "/srv/agent/join.py", line 41, in join\n    raise TimeoutError(host)\nTimeoutError: worker-${unit} did not answer within ${unit % 90} s`,
  ];
  return texts[unit % texts.length] as string;
}

/** A word that no mask replaces, another for each number. */
const inLetters = (number: number) =>
  [...number.toString(26)].map((digit) => String.fromCharCode(97 + Number.parseInt(digit, 26))).join('');

/** Whether every event of an answer was recorded. */
export function allRecorded(body: string, events: number): boolean {
  return body.split('"RECORDED"').length === events + 1;
}
