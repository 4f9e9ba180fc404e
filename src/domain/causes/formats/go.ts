import { isGeneric } from '../generic.js';
import type { Format } from '../reason.js';
import { baseName } from '../text.js';

/** A panic, or a fatal error of Go's runtime, and the topmost own frame of the goroutine that had it. */
export const go: Format = (_, lines) => {
  const routine = lines.findIndex((line) => /^goroutine \d+ .*\[[^\]]*\]:$/.test(line));
  const heads = lines.filter((line, at) => head.test(line) && (routine < 0 || at < routine));
  const said = heads.map((line) => line.replace(head, '').replace(repanicked, '').trim());
  const deepest = said.find((text) => !isGeneric(text));
  if (deepest === undefined || (routine < 0 && lines.length > 1 && !lines.some(isExit))) return null;
  const kind = heads[0]?.trim().startsWith('fatal') ? 'fatal error' : 'panic';
  return { text: `${kind}: ${deepest}`, frame: routine < 0 ? null : topmostOwn(lines, routine) };
};

const head = /^\s*(?:panic: |fatal error: )/;
/** A panic that was caught and raised again is printed with those it followed, the first of them first. */
const repanicked = / \[(?:recovered|recovered, repanicked)\]$/;
const isExit = (line: string) => /^exit status \d+$/.test(line);

/** Two lines a frame: the function with its arguments, and its place. */
function topmostOwn(lines: readonly string[], routine: number): string | null {
  let first: string | null = null;
  for (let at = routine + 1; at + 1 < lines.length && lines[at] !== ''; at += 2) {
    const [called = '', place = ''] = [lines[at], lines[at + 1]];
    if (called.startsWith('created by')) break;
    const frame = `${functionOf(called)} (${baseName(place.replace(/:\d+(?: \+0x[0-9a-f]+)?$/, ''))})`;
    first ??= frame;
    if (!/^(?:runtime|panic|testing|reflect|internal|syscall|net)\b/.test(called) && !foreign.test(place)) return frame;
  }
  return first;
}

const foreign = /\/(?:go\/src|pkg\/mod|vendor|libexec\/src)\//;

/** `example.com/app/ssh.(*Client).Dial(0xc0000b2000, {0x1, 0x2})` → `ssh.(*Client).Dial`. */
const functionOf = (called: string) =>
  baseName(called.endsWith(')') ? called.slice(0, called.lastIndexOf('(')) : called);
