// The readers, in a process of their own, and the reporter whose changes they read.
import { answer } from '../support/child.js';
import { Crowd, type CrowdOptions } from '../support/crowd.js';
import { HttpConnection } from '../support/http-connection.js';
import { allRecorded, reportBody } from '../support/reports.js';

export interface Flood {
  /** Where to report, and of what step; null where the server makes the changes by itself. */
  readonly report: { readonly url: string; readonly stepId: string } | null;
  readonly seconds: number;
}

export interface Flow {
  /** Messages received by all readers in a second. */
  readonly rate: number;
  /** Bytes of a message in the mean. */
  readonly size: number;
}

let crowd: Crowd;

/** Counts what arrives. With a reporter, the next change is made while the one before is on its way to the readers. */
async function flood({ report, seconds }: Flood): Promise<Flow> {
  const { messages, bytes } = crowd;
  const begun = performance.now();
  const end = begun + seconds * 1000;
  if (report === null) await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  else await makeChanges(report.url, report.stepId, end);
  const received = crowd.messages - messages;
  return { rate: received / ((performance.now() - begun) / 1000), size: (crowd.bytes - bytes) / received };
}

/** How many changes may be on their way: more would be merged by readers that are not ready for them. */
const ahead = 2;

async function makeChanges(url: string, stepId: string, end: number): Promise<void> {
  const reporter = await HttpConnection.open(url);
  const before = crowd.messages;
  const readers = crowd.sockets.length;
  for (let made = 0; performance.now() < end; made += 1) {
    await crowd.received(before + (made - ahead) * readers);
    const body = await reporter.post(reportBody(stepId, 1));
    if (!allRecorded(body, 1)) throw new Error(`expected a recorded event, got ${body.slice(0, 1000)}`);
  }
  reporter.close();
}

answer({
  async open(options: CrowdOptions) {
    crowd = await Crowd.open(options);
  },
  flood,
  cut: () => crowd.cut(),
});
