/** Numbers that look random and are the same for the same seed (mulberry32). */
export class Random {
  #state: number;
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }
  /** From 0 to 1. */
  uniform(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  between = (least: number, most: number) => least + (most - least) * this.uniform();
  normal = () => Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  /** With this median, and this deviation of its logarithm. */
  logNormal = (median: number, deviation: number) => median * Math.exp(deviation * this.normal());
  exponential = (mean: number) => -mean * Math.log(1 - this.uniform());
  /** With a heavy tail: `shape` 2 has twice the mean's half as least value, smaller ones more extreme ones. */
  pareto = (least: number, shape: number) => least / (1 - this.uniform()) ** (1 / shape);
  weibull = (scale: number, shape: number) => scale * (-Math.log(1 - this.uniform())) ** (1 / shape);
}
