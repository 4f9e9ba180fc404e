/** Milliseconds: `now` since 1970, as tokens mean it; `steady` for ages, which no correction of the system's time changes. */
export interface Clock {
  now(): number;
  steady(): number;
}

export const systemClock: Clock = { now: () => Date.now(), steady: () => performance.now() };
