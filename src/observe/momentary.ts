import { Counter, Gauge, type Registry } from 'prom-client';

/** Adds a metric whose value is asked for as it is scraped. */
export type AddMomentary = (name: string, help: string, value: () => number) => void;

export const momentaryGauges =
  (registry: Registry): AddMomentary =>
  (name, help, value) => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(value());
      },
    });
  };

/** Of what somebody else counts, and never takes back. */
export const momentaryCounters =
  (registry: Registry): AddMomentary =>
  (name, help, value) => {
    new Counter({
      name,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(value());
      },
    });
  };
