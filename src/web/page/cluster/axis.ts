const second = 1;
const minute = 60;
const hour = 3_600;
const day = 86_400;

const steps = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 5, 10, 20, 50, 100].map((count) => count * day),
];

/** No label is at the very end, where it would be cut off. */
const labelled = 0.95;

/** The seconds at which an axis of this length is labelled, from 0 on: at most `most` of them. */
export function ticks(domain: number, most = 8): number[] {
  const step = steps.find((step) => (domain * labelled) / step < most) ?? Math.ceil(domain / most / day) * day;
  return Array.from({ length: Math.floor((domain * labelled) / step) + 1 }, (_, index) => index * step);
}

/** A tick's label. All of an axis are in the unit of its last one: `0`, `5 min`, `1 h 30`. */
export function tickLabel(tick: number): string {
  if (tick === 0) return '0';
  if (tick < minute) return `${tick} s`;
  if (tick < hour) {
    const rest = tick % minute;
    return rest === 0 ? `${tick / minute} min` : `${Math.floor(tick / minute)}:${String(rest).padStart(2, '0')} min`;
  }
  if (tick < day) {
    const rest = (tick % hour) / minute;
    return rest === 0 ? `${tick / hour} h` : `${Math.floor(tick / hour)}:${String(rest).padStart(2, '0')} h`;
  }
  const rest = (tick % day) / hour;
  return rest === 0 ? `${tick / day} d` : `${Math.floor(tick / day)} d ${rest} h`;
}

/** Seconds that are shown at least. */
const shortest = 10;

/**
 * How many seconds the axis shows, for what has to be on it. While it grows, it does so seldom and by a quarter at least,
 * so that bars do not shrink under the eye; `previous` is what it showed before.
 */
export function domainEnd(needed: number, previous: number, isGrowing: boolean): number {
  const room = Math.max(shortest, needed * 1.03);
  if (!isGrowing) return room;
  if (needed <= previous) return previous;
  return Math.max(room, previous * 1.25);
}
