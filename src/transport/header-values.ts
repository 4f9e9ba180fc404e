import type { IncomingMessage } from 'node:http';

/** Every value of a header that was sent: of some, `headers` has only the first. `name` in lower case. */
export function valuesOf({ rawHeaders }: IncomingMessage, name: string): string[] {
  const values = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() === name) values.push(rawHeaders[at + 1] ?? '');
  }
  return values;
}
