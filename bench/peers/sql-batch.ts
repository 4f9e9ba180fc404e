// The same rows by SQL written by hand, without a server: as fast as the database takes them from Node.
import { randomUUID } from 'node:crypto';
import { answer } from '../support/child.js';
import type { Target } from '../support/fleet.js';
import { peerDatabase } from './database.js';
import { store } from './rows.js';

export interface BatchLoad {
  readonly targets: readonly Target[];
  readonly writers: number;
  readonly events: number;
  readonly seconds: number;
}

const { pool } = await peerDatabase();
const writer = randomUUID().slice(0, 8);
let units = 0;

answer({
  /** Writes batch after batch on each connection: events stored per second. */
  async write({ targets, writers, events, seconds }: BatchLoad): Promise<number> {
    const begun = performance.now();
    let stored = 0;
    const work = async ({ clusterId, stepIds: [stepId] }: Target) => {
      while (performance.now() < begun + seconds * 1000) {
        await store(pool, clusterId, stepId as string, Array.from({ length: events }, event));
        stored += events;
      }
    };
    await Promise.all(Array.from({ length: writers }, (_, index) => work(targets[index % targets.length] as Target)));
    return stored / ((performance.now() - begun) / 1000);
  },
});

function event() {
  units += 1;
  return { id: randomUUID(), instanceId: `${writer}-${units}`, instanceName: `${writer}-${units}` };
}
