import type { IncomingMessage } from 'node:http';
import { AddressLimits, type AddressSettings } from './address-limits.js';
import { CallerLimits, type CallerSettings } from './caller-limits.js';
import { type AddressOf, createAddressOf } from './client-address.js';
import { Held } from './held.js';
import { type LimitName, Refusals } from './refusals.js';

export interface LimitSettings extends CallerSettings, AddressSettings {
  /** Addresses and networks (`10.0.0.0/8`) of proxies, whose `x-forwarded-for` is believed. */
  readonly trustedProxies: readonly string[];
}

/** How much each caller, and each address, of this server may have and do. Other servers count for themselves. */
export class Limits {
  readonly #refusals = new Refusals();
  readonly #callers: Held<CallerLimits>;
  readonly #addresses: Held<AddressLimits>;
  readonly #addressOf: AddressOf;

  /** `now`: milliseconds of a steady clock. */
  constructor(settings: LimitSettings, now: () => number = () => performance.now()) {
    this.#callers = new Held(() => new CallerLimits(settings, this.#refusals, now));
    this.#addresses = new Held(() => new AddressLimits(settings, this.#refusals, now));
    this.#addressOf = createAddressOf(settings.trustedProxies);
  }

  /** By the `id` of its identity. */
  ofCaller(id: string): CallerLimits {
    return this.#callers.get(id);
  }

  /** Of the client that sent a request. */
  ofAddress(request: IncomingMessage): AddressLimits {
    return this.#addresses.get(this.#addressOf(request));
  }

  /** Of how many addresses something is held. */
  get addresses(): number {
    return this.#addresses.size;
  }

  /** How often each limit was met since the start. */
  get refused(): ReadonlyMap<LimitName, number> {
    return this.#refusals.counts;
  }
}
