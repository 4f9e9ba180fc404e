/**
 * What a caller said when something was made under the caller's own id: tells the same said again (O3) from something
 * else under that id. 53 bits of a hash of its values in a fixed order; nobody's secret, so not a cryptographic one.
 */
export function fingerprint(content: unknown): string {
  const text = JSON.stringify(content);
  let [high, low] = [0xdeadbeef, 0x41c6ce57];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return (4294967296 * (2097151 & low) + (high >>> 0)).toString(36);
}

/** A UUID that the same content always has. */
export function derivedId(content: unknown): string {
  const parts = [0, 1, 2, 3].map((salt) => Number.parseInt(fingerprint([salt, content]), 36) % 2 ** 32);
  const hex = parts.map((part) => part.toString(16).padStart(8, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}
