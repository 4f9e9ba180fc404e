import type { Report } from '../../src/domain/event.js';

export type Said = Pick<Report, 'id' | 'instanceId' | 'instanceName' | 'successful'>;

/** What the rules make of a step's reports, told as simply as can be: everything is counted anew, every time. */
export class Model {
  readonly #total: number | null;
  readonly #known = new Set<string>();
  readonly #last = new Map<string, boolean>();
  #ended = false;

  constructor(total: number | null) {
    this.#total = total;
  }

  /** E2, S5, S7, S8. */
  report({ id, instanceId, instanceName, successful }: Said): string {
    const unit = JSON.stringify(instanceId ? [instanceId] : instanceName ? [null, instanceName] : [null, null, id]);
    if (this.#known.has(id)) return 'DUPLICATE';
    if (this.#ended || this.successful === true) return 'STEP_CLOSED';
    if (!this.#last.has(unit) && this.#total !== null && this.#last.size >= this.#total) return 'TOTAL_EXCEEDED';
    this.#known.add(id);
    this.#last.set(unit, successful);
    return 'RECORDED';
  }

  /** S10: a failure of the step as a whole. */
  fail(): string {
    if (this.#ended || this.successful === true) return 'STEP_CLOSED';
    this.#last.set(`whole ${this.#last.size}`, false);
    return 'RECORDED';
  }

  /** S11. */
  end(): void {
    if (!this.#ended && this.successful === null) this.fail();
    this.#ended = true;
  }

  get completed(): number {
    return [...this.#last.values()].filter((successful) => successful).length;
  }
  get failed(): number {
    return this.#last.size - this.completed;
  }
  /** S6. */
  get successful(): boolean | null {
    if (this.failed > 0) return false;
    return this.completed === this.#total ? true : null;
  }
  get state(): string {
    return { true: 'SUCCEEDED', false: 'FAILED', null: 'RUNNING' }[`${this.successful}`];
  }
}
