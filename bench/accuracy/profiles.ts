import type { Random } from './random.js';

/** When each of so many units reports, in seconds since the step's start, in any order. */
export type Profile = (units: number, random: Random) => number[];

/** So many workers, each of which takes the next unit when it is done with one. */
function pool(units: number, workers: number, duration: (unit: number) => number): number[] {
  const free = Array<number>(Math.min(workers, units)).fill(0);
  return Array.from({ length: units }, (_, unit) => {
    const worker = free.indexOf(Math.min(...free));
    free[worker] = (free[worker] as number) + duration(unit);
    return free[worker] as number;
  });
}

const each = (units: number, time: (unit: number) => number) => Array.from({ length: units }, (_, unit) => time(unit));

/** So many, each begins a while after the one before. */
function waves(count: number, units: number, random: Random): number[] {
  const size = Math.ceil(units / count);
  const begins = each(count, () => random.logNormal(75, 0.25)).map((_, wave, all) =>
    all.slice(0, wave).reduce((sum, time) => sum + time, 0),
  );
  return each(units, (unit) => (begins[Math.floor(unit / size)] ?? 0) + random.logNormal(30, 0.3));
}

/** Those the constants were chosen with. */
export const chosen: Readonly<Record<string, Profile>> = {
  steady: (units, random) => pool(units, 40, () => random.logNormal(20, 0.3)),
  'all at once': (units, random) => each(units, () => random.logNormal(180, 0.35)),
  'long tail': (units, random) =>
    each(units, () => (random.uniform() < 0.03 ? random.between(300, 1500) : random.logNormal(90, 0.3))),
  bursts: (units, random) => each(units, (unit) => (Math.floor(unit / 50) + 1) * 60 + random.between(0, 5)),
  'slow first': (units, random) => {
    const first = random.logNormal(240, 0.2);
    return [first, ...pool(units - 1, 20, () => random.logNormal(5, 0.3)).map((time) => first + time)];
  },
  'slows down': (units, random) => pool(units, 30, (unit) => random.logNormal(10, 0.3) * (unit > units / 2 ? 3 : 1)),
  'one pause': (units, random) => {
    const [at, long] = [random.between(0.2, 0.7) * units, random.between(100, 400)];
    return pool(units, 40, () => random.logNormal(20, 0.3))
      .sort((a, b) => a - b)
      .map((time, unit) => (unit < at ? time : time + long));
  },
  'two kinds': (units, random) =>
    each(units, (unit) => (unit % 4 === 0 ? random.logNormal(420, 0.15) : random.logNormal(100, 0.2))),
};

/** Those they are judged with: other shapes, or the same from other distributions. */
export const heldOut: Readonly<Record<string, Profile>> = {
  linear: (units, random) => each(units, (unit) => (unit + 1) * 1.5 + random.between(0, 1)),
  'one after another': (units, random) => pool(units, 1, () => random.logNormal(8, 0.5)),
  'all at once': (units, random) =>
    each(units, () => random.logNormal(70, 0.3) + random.logNormal(50, 0.4) + random.exponential(25)),
  ramp: (units, random) => each(units, () => 40 + random.weibull(160, 1.8)),
  'long tail': (units, random) =>
    each(units, () => random.logNormal(60, 0.4) + (random.uniform() < 0.05 ? random.exponential(250) : 0)),
  'heavy tail': (units, random) => each(units, () => Math.min(3600, random.pareto(45, 1.7))),
  'slow first': (units, random) => {
    const first = random.between(200, 420);
    return [first, ...pool(units - 1, 8, () => 0.5 + random.exponential(3)).map((time) => first + time)];
  },
  'slow start': (units, random) => each(units, (unit) => 400 * Math.sqrt((unit + 1) / units) + random.between(0, 3)),
  slowdown: (units, random) => pool(units, 25, (unit) => (2 + random.exponential(8)) * (unit > 0.7 * units ? 4 : 1)),
  waves: (units, random) => waves(12, units, random),
  retries: (units, random) =>
    each(units, () => {
      let time = random.logNormal(60, 0.3);
      while (random.uniform() < 0.12) time += 30 + random.logNormal(60, 0.3);
      return time;
    }),
  'three kinds': (units, random) =>
    each(units, (unit) =>
      unit % 20 < 3 ? random.between(250, 330) : unit % 20 < 9 ? random.logNormal(150, 0.1) : random.logNormal(70, 0.3),
    ),
  pauses: (units, random) => {
    let held = 0;
    return pool(units, 16, () => random.logNormal(9, 0.4))
      .sort((a, b) => a - b)
      .map((time) => {
        if (random.uniform() < 3 / units) held += random.between(30, 150);
        return time + held;
      });
  },
  // Twelve waves end at the very shares of the time at which estimates are judged: these do not.
  'seven waves': (units, random) => waves(7, units, random),
};
