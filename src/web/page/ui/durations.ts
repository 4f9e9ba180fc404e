/** Units of time, the longest first. */
export const units = [
  { name: 'd', ms: 86_400_000 },
  { name: 'h', ms: 3_600_000 },
  { name: 'min', ms: 60_000 },
  { name: 's', ms: 1_000 },
] as const;

/** A duration in words of at most two units: `4 min 10 s`, `2 h`, `0.4 s`. */
export function inWords(milliseconds: number): string {
  if (milliseconds < 1_000) return `${(Math.max(0, milliseconds) / 1_000).toFixed(1)} s`;
  const first = units.findIndex(({ ms }) => milliseconds >= ms);
  const [major, minor] = [units[first], units[first + 1]] as const;
  if (!major) return '0 s';
  const count = Math.floor(milliseconds / major.ms);
  const rest = minor ? Math.floor((milliseconds - count * major.ms) / minor.ms) : 0;
  return minor && rest > 0 ? `${count} ${major.name} ${rest} ${minor.name}` : `${count} ${major.name}`;
}
