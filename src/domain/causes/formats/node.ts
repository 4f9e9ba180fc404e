import { isGeneric } from '../generic.js';
import { masked } from '../mask.js';
import type { Format } from '../reason.js';
import { deepestOf, type Section } from '../stack.js';
import { baseName, isBlank } from '../text.js';

/** Stacks of JavaScript: the deepest `[cause]` or `Caused by`; of an AggregateError, the errors that it sums up. */
export const node: Format = (_, lines) => {
  const first = lines.findIndex(isFrame);
  if (first < 0) return null;
  const listed = lines.findIndex((line) => /\[errors\]: \[$/.test(line));
  const begin = headOf(lines, listed >= 0 && listed < first ? listed : first);
  const sections = sectionsOf(lines, begin);
  const [outermost = { lines: [], frames: [] }] = sections;
  const summed = sections.filter(({ kind }) => kind === 'member');
  if (summed.length > 0) {
    const byText = new Map(summed.map((part) => [masked(part.lines[0] ?? ''), part]));
    const texts = [...byText.keys()].sort();
    const frames = [...outermost.frames, ...(byText.get(texts[0] ?? '')?.frames ?? [])];
    return { text: texts.slice(0, 3).join('; '), frame: topmostOwn(frames) };
  }
  return deepestOf(sections, topmostOwn);
};

const isFrame = (line: string) => /^\s+at \S/.test(line) && /:\d+:\d+\)?(?: \{|,)?$/.test(line);

/** Above the stack stand the source line of an uncaught error, and a message that may have several lines. */
function headOf(lines: readonly string[], end: number): number {
  for (let at = end - 1; at >= Math.max(0, end - 20); at--) {
    if (typed.test(lines[at] as string)) return at;
    if (isBlank(lines[at] as string) && at < end - 1) return at + 1;
  }
  return Math.max(0, end - 1);
}

const typed = /^\s*(?:Uncaught )?(?:\[cause\]: )?[\w$.]{0,100}(?:Error|Exception)\b(?: \[\w+\])?(?::|$)/;

interface Part extends Section {
  readonly lines: string[];
  readonly frames: string[];
  readonly kind: 'cause' | 'member';
}

const causeLine = /^\s*(?:\[cause\]|Caused by): /;
const memberLine = /^\s*(?:Error \d+: |\[errors\]: \[ ?)/;

function sectionsOf(lines: readonly string[], begin: number): Part[] {
  let part: Part = { lines: [], frames: [], kind: 'cause' };
  const parts = [part];
  let summing = false;
  for (const line of lines.slice(begin)) {
    const isMember = memberLine.test(line) || (summing && typed.test(line));
    summing = summing ? !/^\s*\]/.test(line) : /\[errors\]: \[$/.test(line);
    if (causeLine.test(line) || isMember) {
      const head = line.replace(causeLine, '').replace(memberLine, '').trim();
      part = { lines: head === '' ? [] : [head], frames: [], kind: isMember ? 'member' : 'cause' };
      if (head !== '') parts.push(part);
    } else if (isFrame(line)) part.frames.push(line.trim().replace(/(?: \{|,)$/, ''));
    else if (part.frames.length === 0 && !isBlank(line)) part.lines.push(line.trim().replace(/ \{$/, ''));
  }
  return parts.filter(({ lines: [head = ''] }, index) => index === 0 || !isGeneric(head));
}

/** `at connect (/srv/app/ssh.js:10:9)` → `connect (ssh.js)`. */
function topmostOwn(frames: readonly string[]): string | null {
  const frame = frames.find((each) => !foreign.test(each)) ?? frames[0];
  if (frame === undefined) return null;
  const called = frame
    .slice(3)
    .replace(/^async /, '')
    .replace(/:\d+:\d+\)?$/, '');
  const open = called.lastIndexOf('(');
  if (open < 0) return `(${baseName(called)})`;
  const name = called
    .slice(0, open)
    .trim()
    .replace(/ \[as [^\]]*\]$/, '');
  return `${name} (${baseName(called.slice(open + 1))})`;
}

const foreign = /\(?(?:node:|internal\/)|[/\\]node_modules[/\\]|\(<anonymous>\)/;
