import { type Fault, overLimit } from '../domain/errors.js';

export const limitNames = [
  'requests',
  'cost',
  'requests_under_way',
  'sockets_of_caller',
  'subscribed_nodes',
  'sockets_of_address',
  'upgrades',
  'failed_authentications',
] as const;

export type LimitName = (typeof limitNames)[number];

/** Makes the errors of those who meet a limit, and counts them. */
export class Refusals {
  readonly #counts = new Map<LimitName, number>(limitNames.map((name) => [name, 0]));

  /** How often each limit was met since the start. */
  get counts(): ReadonlyMap<LimitName, number> {
    return this.#counts;
  }

  /** `waitMs`: how long until the same would be let through; without it, nobody can know, and a second is as good as any. */
  refuse(name: LimitName, message: string, waitMs = 1_000): Fault {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    return overLimit(message, Math.max(1, Math.ceil(waitMs / 1_000)));
  }
}
