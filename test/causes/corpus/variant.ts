/** What differs between two failures of one cause: where and when it happened, and under which ids. */
export interface Variant {
  readonly n: number;
  readonly host: string;
  readonly ip: string;
  readonly uuid: string;
  readonly hex: string;
  readonly at: string;
  readonly clock: string;
  readonly tmp: string;
  readonly pid: number;
}

/** One cause, as often as it is asked for. */
export interface Sample {
  readonly name: string;
  /** What the group's line must say. */
  readonly says: string;
  readonly text: (variant: Variant) => string;
}

export function variant(n: number): Variant {
  const hex = ((n + 1) * 2_654_435_761).toString(16).padStart(12, 'a').slice(0, 12);
  const at = new Date(Date.UTC(2026, n % 12, (n % 27) + 1, n % 24, (n * 7) % 60, (n * 13) % 60));
  return {
    n,
    host: `${n % 2 ? 'web' : 'worker'}-${n}.${n % 2 ? 'eu' : 'us'}.example.com`,
    ip: `10.${n % 200}.${(n * 3) % 250}.${(n * 11) % 250}`,
    uuid: `${hex.slice(0, 8)}-${hex.slice(8)}-4${hex.slice(0, 3)}-8${hex.slice(3, 6)}-${hex}`,
    hex,
    at: at.toISOString().replace('Z', ''),
    clock: at.toISOString().slice(11, 19),
    tmp: `/tmp/run_${hex.slice(0, 6)}q/job`,
    pid: 1_000 + n * 37,
  };
}
