import type { StepRun, StepType } from 'stepcast/client';
import { client } from './client.js';
import { Store } from './store.js';

/** The runs of each step, by its name, newest first: as far as they have been read. */
export type History = ReadonlyMap<string, readonly StepRun[]>;

/** How many runs are asked for. */
const most = 10;
/** How many requests are on their way at once. */
const atOnce = 4;

/** How the steps of one plugin and type of operation went in earlier runs. What cannot be read is left out. */
export class LiveHistory {
  readonly store = new Store<History>(new Map());
  readonly #pluginName: string | null;
  readonly #type: StepType;
  readonly #wanted = new Set<string>();
  #waiting: string[] = [];
  #asking = 0;

  constructor(pluginName: string | null, type: StepType) {
    this.#pluginName = pluginName;
    this.#type = type;
  }

  /** Reads the runs of these steps, unless they were wanted before. */
  want(stepNames: Iterable<string>): void {
    for (const name of stepNames) {
      if (this.#wanted.has(name)) continue;
      this.#wanted.add(name);
      this.#waiting.push(name);
    }
    while (this.#asking < atOnce && this.#waiting.length > 0) void this.#ask();
  }

  close(): void {
    this.#waiting = [];
  }

  async #ask(): Promise<void> {
    this.#asking += 1;
    for (let name = this.#waiting.shift(); name !== undefined; name = this.#waiting.shift()) await this.#read(name);
    this.#asking -= 1;
  }

  async #read(stepName: string): Promise<void> {
    const step = { pluginName: this.#pluginName, type: this.#type, stepName, first: most };
    const runs = await client.stepHistory(step).catch(() => []);
    if (runs.length > 0) this.store.set(new Map([...this.store.value, [stepName, runs]]));
  }
}
