import { Counter, type Registry } from 'prom-client';

/**
 * A counter for what happens with every request: prom-client's own sorts and joins its labels each time, this one when it is
 * asked. The values of labels must be few.
 */
export class Tally {
  readonly #counts = new Map<string, { readonly values: readonly string[]; count: number }>();

  constructor(registry: Registry, name: string, help: string, labelNames: readonly string[]) {
    const counts = this.#counts;
    new Counter({
      name,
      help,
      labelNames: [...labelNames],
      registers: [registry],
      collect() {
        this.reset();
        for (const { values, count } of counts.values()) this.labels(...values).inc(count);
      },
    });
  }

  count(...values: readonly string[]): void {
    const key = values.join('\n');
    const known = this.#counts.get(key);
    if (known) known.count += 1;
    else this.#counts.set(key, { values, count: 1 });
  }
}
