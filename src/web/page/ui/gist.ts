import { firstLine } from './text.js';

/** The line that says most of what was reported: the first one; of a Python traceback the last, which names the error. Empty of none. */
export function gist(text: string | null | undefined): string {
  if (!text) return '';
  const first = firstLine(text);
  if (!first.startsWith('Traceback (most recent call')) return first;
  const last = text
    .slice(-2_000)
    .split('\n')
    .findLast((line) => /^\S/.test(line));
  return last ? firstLine(last) : first;
}
