import { setTimeout } from 'node:timers/promises';
import { Instance, type Role } from './instance.js';
import type { Site } from './site.js';

/** How it is provisioned: `slow` makes every unit take a moment longer, so that one can watch. */
export interface Mode {
  readonly slow: boolean;
  /** Aborted: stop what is going on. */
  readonly signal: AbortSignal;
}

/** The instances of one PostgreSQL cluster: a primary, and replicas that follow it. */
export class PostgresCluster {
  readonly instances: Instance[] = [];
  /** One secret for the superuser and the replicas: they live on one machine, for minutes. */
  readonly #password = crypto.randomUUID().replaceAll('-', '');
  /** How many there ever were: no two have the same name. */
  #replicas = 0;
  readonly #works = new Set<Promise<unknown>>();
  readonly #aborted: Promise<never>;

  constructor(
    readonly site: Site,
    readonly name: string,
    readonly mode: Mode,
  ) {
    this.#aborted = new Promise((_, reject) => {
      mode.signal.addEventListener('abort', () => reject(mode.signal.reason));
    });
    // Nobody may be working at that moment.
    this.#aborted.catch(() => {});
  }

  get primary(): Instance {
    const primary = this.instances.find(({ role }) => role === 'primary');
    if (primary) return primary;
    throw new Error(`expected ${this.name} to have a primary`);
  }
  get replicas(): Instance[] {
    return this.instances.filter(({ role }) => role === 'replica');
  }

  add(role: Role, port: number): Instance {
    const number = role === 'replica' ? `-${++this.#replicas}` : '';
    const instance = new Instance(this.site, `${this.name}-${role}${number}`, role, port, this.#password);
    this.instances.push(instance);
    return instance;
  }

  /** Gives up an instance that does not run, for a new one in its place. */
  async replace(lost: Instance, port: number): Promise<Instance> {
    this.instances.splice(this.instances.indexOf(lost), 1);
    await lost.remove();
    return this.add(lost.role, port);
  }

  /** Does one instance's work, which is given up as soon as the whole is to be stopped. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    if (this.mode.slow) await Promise.race([this.#aborted, setTimeout(500 + 1000 * Math.random())]);
    this.mode.signal.throwIfAborted();
    const working = work();
    this.#works.add(working);
    return Promise.race([this.#aborted, working]);
  }

  /** Stops what runs, and what was about to run when it was given up. */
  async stop(): Promise<void> {
    await Promise.all(this.instances.map((instance) => instance.stop()));
    await Promise.allSettled(this.#works);
    await Promise.all(this.instances.map((instance) => instance.stop()));
  }
}
