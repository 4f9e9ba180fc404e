/** Milliseconds from one time to another, as many as an Int holds: almost 25 days. */
export const between = (start: Date, end: Date) => Math.min(Math.max(0, end.getTime() - start.getTime()), 2 ** 31 - 1);

/** The earliest of these times. */
export const earliest = (first: Date, ...others: readonly (Date | null | undefined)[]): Date =>
  others.reduce<Date>((least, time) => (time && time.getTime() < least.getTime() ? time : least), first);

/** The latest of these times. */
export const latest = (first: Date, ...others: readonly (Date | null | undefined)[]): Date =>
  others.reduce<Date>((last, time) => (time && time.getTime() > last.getTime() ? time : last), first);
