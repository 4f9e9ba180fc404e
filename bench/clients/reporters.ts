// The reporters, in a process of their own.
import { setTimeout as delay } from 'node:timers/promises';
import { answer } from '../support/child.js';
import { HttpConnection } from '../support/http-connection.js';
import { allRecorded, type ReportOptions, reportBody } from '../support/reports.js';

export interface Load {
  readonly url: string;
  readonly connections: number;
  /** Connections take these steps in turn. */
  readonly stepIds: readonly string[];
  /** Events in a report. */
  readonly events: number;
  /** How long to go on, or how many reports to make in all, or on each connection. */
  readonly seconds?: number;
  readonly reports?: number;
  readonly reportsEach?: number;
  /** How many units report, again and again; without it, each event is of a new one. */
  readonly units?: number;
  /** At most so many reports a second, evenly. */
  readonly perSecond?: number;
  readonly failures?: ReportOptions['failures'];
}

export interface Loaded {
  /** Reports answered, and how long it took in seconds. */
  readonly reports: number;
  readonly seconds: number;
  /** When the last was answered, in milliseconds since 1970. */
  readonly ended: number;
}

/** Each connection makes one report after the other, each after the answer to the one before. */
async function report({ url, connections, stepIds, events, units, failures, ...limits }: Load): Promise<Loaded> {
  const { seconds = Infinity, reports = Infinity, reportsEach = Infinity, perSecond = Infinity } = limits;
  const open = await Promise.all(Array.from({ length: connections }, () => HttpConnection.open(url)));
  const begun = performance.now();
  const end = begun + seconds * 1000;
  let sent = 0;
  let answered = 0;
  const work = async (connection: HttpConnection, index: number) => {
    const stepId = stepIds[index % stepIds.length] as string;
    for (let own = 0; own < reportsEach && sent < reports && performance.now() < end; own += 1) {
      const due = begun + (sent * 1000) / perSecond;
      sent += 1;
      if (due > performance.now()) await delay(due - performance.now());
      const body = await connection.post(reportBody(stepId, events, { among: units, failures }));
      if (!allRecorded(body, events)) throw new Error(`expected ${events} recorded events, got ${body.slice(0, 1000)}`);
      answered += 1;
    }
  };
  await Promise.all(open.map(work));
  const ended = performance.now();
  for (const connection of open) connection.close();
  return { reports: answered, seconds: (ended - begun) / 1000, ended: performance.timeOrigin + ended };
}

interface Asking {
  readonly url: string;
  readonly query: string;
  readonly variables: object;
  readonly times: number;
}

/** One reader asks the same again and again: milliseconds of each answer. */
async function ask({ url, query, variables, times }: Asking): Promise<number[]> {
  const connection = await HttpConnection.open(url);
  const json = JSON.stringify({ query, variables });
  const taken: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const begun = performance.now();
    const body = await connection.post(json);
    taken.push(performance.now() - begun);
    if (body.includes('"errors"')) throw new Error(`expected data, got ${body.slice(0, 1000)}`);
  }
  connection.close();
  return taken;
}

answer({ report, ask });
