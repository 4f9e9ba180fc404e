// What a report costs on a step that has had few before it, and on one that has had many.
import type { Load, Loaded } from './clients/reporters.js';
import type { Run } from './support/bench.js';
import type { Child } from './support/child.js';
import { compare, type Turn } from './support/compare.js';
import type { Figure } from './support/figure.js';
import { fleet } from './support/fleet.js';
import { startClients, startServer } from './support/server.js';

/** Reports around the depth that is meant: half of them before it. */
const measured = 1000;

export async function growth(run: Run): Promise<Figure[]> {
  const server = await startServer(run);
  const reporters = startClients(run, 'reporters');
  const figures: Figure[] = [];
  for (const depth of run.moment ? [2000] : [10_000, 100_000]) {
    // All steps are filled first: what filling leaves the database to tidy up meets both alike.
    const ours = await costAt(run, server.url, reporters, depth);
    const turn = await costAt(run, server.url, reporters, 1000);
    const unit = `µs for the ${depth.toLocaleString('en')}th report of a step`;
    const references = [{ name: 'the 1000th', turn, aim: '≤ 1.15' }];
    figures.push(...(await compare(run, { bench: 'growth', unit, ours, references })));
  }
  return figures;
}

/** Each turn takes a step that is filled to the depth. */
async function costAt(run: Run, url: string, reporters: Child, depth: number): Promise<Turn> {
  const steps: string[] = [];
  for (let turn = 0; turn <= run.rounds; turn += 1) {
    steps.push(await filledStep(url, reporters, depth - measured / 2));
  }
  return async () => {
    const load: Load = { url, connections: 10, stepIds: steps.splice(0, 1), events: 1, reports: measured };
    const { reports, seconds } = await reporters.ask<Loaded>('report', load);
    return (seconds / reports) * 1e6;
  };
}

async function filledStep(url: string, reporters: Child, depth: number): Promise<string> {
  const [target] = await fleet(url, 1);
  const stepIds = target?.stepIds ?? [];
  const load: Load = { url, connections: 4, stepIds, events: 100, reports: depth / 100 };
  await reporters.ask<Loaded>('report', load);
  return stepIds[0] as string;
}
