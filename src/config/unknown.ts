/** Those of the CLI and the SDK, which may be set beside a server's. */
const clients = ['STEPCAST_URL', 'STEPCAST_TOKEN', 'STEPCAST_TOKEN_FILE'];

/** What Docker and Kubernetes set in a container beside a service whose name begins with `stepcast`. */
function isServiceLink(name: string, value = ''): boolean {
  if (/^STEPCAST_(\w+_)?SERVICE_(HOST|PORT(_\w+)?)$/.test(name)) return true;
  if (/^STEPCAST_(\w+_)?PORT$/.test(name)) return /^(tcp|udp|sctp):\/\//.test(value);
  return /^STEPCAST_(\w+_)?PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(name);
}

/**
 * Names with Stepcast's prefix that nothing reads. A server is not started with one: of a misspelt name the default would hold
 * in silence, and that may be who is let in.
 */
export function unknownFaults(given: Readonly<Record<string, string | undefined>>, known: readonly string[]): string[] {
  return Object.entries(given)
    .filter(([name]) => name.startsWith('STEPCAST_') && !known.includes(name) && !clients.includes(name))
    .filter(([name, value]) => !isServiceLink(name, value))
    .map(([name]) => `${name}: expected the name of a setting, got one that nothing reads${suggestion(name, known)}`);
}

function suggestion(name: string, known: readonly string[]): string {
  const near = known.map((other) => ({ other, distance: distanceOf(name, other) }));
  const nearest = near.reduce((least, one) => (one.distance < least.distance ? one : least));
  return nearest.distance <= name.length / 3 ? `: did you mean ${nearest.other}?` : '';
}

/** Insertions, deletions and replacements that make one of the other (Levenshtein). */
function distanceOf(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + Number(from[i - 1] !== to[j - 1]);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
