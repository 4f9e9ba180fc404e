import type { StepUnit } from 'stepcast/client';
import { client } from './client.js';
import { Reading } from './reading.js';

/** Units per page. */
const pageSize = 500;
/** Milliseconds from one reading of all units to the next; longer where that takes long. */
const pause = 3_000;

/**
 * What a step's units have reported: last report, attempts, last failure. Read page after page, and again whenever that is
 * asked for. Invariant: `byKey` is the same map until something has been read; then it is another one.
 */
export class UnitDetails {
  readonly reading: Reading<ReadonlyMap<string, StepUnit>>;
  readonly #stepId: string;
  #isClosed = false;
  #pause = pause;

  constructor(stepId: string) {
    this.#stepId = stepId;
    this.reading = new Reading(
      () => this.#readAll(),
      () => this.#pause,
    );
  }

  again(): void {
    this.reading.again();
  }

  close(): void {
    this.#isClosed = true;
    this.reading.close();
  }

  async #readAll(): Promise<ReadonlyMap<string, StepUnit>> {
    const began = performance.now();
    const units = new Map<string, StepUnit>();
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof client.units>> = await client.units({
        stepId: this.#stepId,
        first: pageSize,
        after,
      });
      for (const unit of page.nodes) units.set(unit.key, unit);
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after && !this.#isClosed);
    this.#pause = Math.max(pause, 5 * (performance.now() - began));
    return units;
  }
}
