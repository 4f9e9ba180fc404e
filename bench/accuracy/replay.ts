import { type Curve, earlyGap, extend, firstOf, longestGap, timesAtShares } from '../../src/domain/estimate/curve.js';
import type { Underway } from '../../src/domain/estimate/remaining.js';
import type { Pace } from '../../src/domain/estimate/run.js';
import type { Run } from './traces.js';

/** A run as the server would have kept it, report by report. Times in milliseconds. */
export class Replay {
  readonly total: number;
  readonly times: readonly number[];
  readonly #curves: readonly Curve[];

  constructor({ total, reports }: Run) {
    this.total = total;
    this.times = reports.map((seconds) => seconds * 1000);
    let curve: Curve = [];
    this.#curves = this.times.map((at, index) => {
      curve = extend(curve, { done: index + 1, total, at, before: this.times[index - 1] ?? 0 });
      return curve;
    });
  }

  get duration(): number {
    return this.times.at(-1) ?? 0;
  }

  get pace(): Pace {
    const curve = this.#curves.at(-1) ?? [];
    return {
      duration: this.duration,
      firstAt: firstOf(curve),
      earlyGap: earlyGap(curve),
      longestGap: longestGap(curve),
      times: timesAtShares(curve, this.total),
    };
  }

  /** As it stood after so many reports, at a time. */
  after(reports: number, now: number): Underway {
    const curve = this.#curves[reports - 1] ?? [];
    return { completed: reports, total: this.total, curve, progressAt: this.times[reports - 1] ?? 0, now };
  }

  at(now: number): Underway {
    const later = this.times.findIndex((time) => time > now);
    return this.after(later < 0 ? this.times.length : later, now);
  }
}
