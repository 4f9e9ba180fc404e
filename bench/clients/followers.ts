// Followers of clusters, in a process of their own, that note when they are told that a step stands still.
import { setTimeout as delay } from 'node:timers/promises';
import { answer } from '../support/child.js';
import { progressOf } from '../support/documents.js';
import type { Target } from '../support/fleet.js';
import { HttpConnection } from '../support/http-connection.js';
import { reportBody } from '../support/reports.js';
import { Subscribers } from '../support/subscribers.js';

export interface Told {
  /** In milliseconds since 1970: since when the step stands still, and when the follower first knew. Null: it was not told. */
  readonly stalledSince: number | null;
  readonly at: number | null;
  /** How many different messages said so. */
  readonly times: number;
}

interface Message {
  readonly payload: { readonly data: { readonly clusterProgress: { readonly steps: readonly Step[] } } };
}

interface Step {
  readonly stalledSince: string | null;
}

let told: Told[] = [];

async function open({ url, targets }: { url: string; targets: readonly Target[] }): Promise<void> {
  told = targets.map(() => ({ stalledSince: null, at: null, times: 0 }));
  const documents = targets.map(({ clusterId }) => {
    const { query, variables } = progressOf(clusterId);
    return { query: query.replace('state completed', 'state stalledSince completed'), variables };
  });
  await Subscribers.open({ url, readers: targets.length, documents, onMessage: note });
}

function note(reader: number, bytes: Buffer): void {
  const at = Date.now();
  const { steps } = (JSON.parse(bytes.toString()) as Message).payload.data.clusterProgress;
  const since = steps.find(({ stalledSince }) => stalledSince !== null)?.stalledSince;
  if (!since) return;
  const before = told[reader] as Told;
  told[reader] = { stalledSince: Date.parse(since), at: before.at ?? at, times: before.times + 1 };
}

/** One progress of each step, spread evenly. */
async function progress({ url, targets, withinMs }: { url: string; targets: readonly Target[]; withinMs: number }) {
  const connection = await HttpConnection.open(url);
  for (const { stepIds } of targets) {
    await connection.post(reportBody(stepIds[0] as string, 1));
    await delay(withinMs / targets.length);
  }
  connection.close();
}

answer({ open, progress, told: () => told });
