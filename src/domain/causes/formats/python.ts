import { isGeneric, tellingLine } from '../generic.js';
import { masked } from '../mask.js';
import type { Format, Reason } from '../reason.js';
import { baseName, indentation, isBlank } from '../text.js';

/** One exception of a text, in the order printed: Python prints the deepest first. */
interface Raised {
  /** `KeyError: 'region'`, and the lines of a longer message. */
  readonly lines: readonly string[];
  /** Outermost first. */
  readonly frames: readonly string[];
  /** Whether the next one was raised because of this one, or while it was handled. */
  linked: boolean;
  /** Whether it is one of an exception group's. */
  readonly member: boolean;
  readonly begin: number;
  readonly end: number;
}

/** Tracebacks: the deepest of the last chain of exceptions, then the one that ended the program. Of a group, its members. */
export const python: Format = (_, lines) => {
  if (!lines.some((line) => isHeader(line) || fileLine.test(line))) return null;
  const raised = exceptions(lines.map(withoutGroup), lines);
  const last = raised.findLast(({ member }) => !member) ?? raised.at(-1);
  if (!last) return null;
  const members = raised.filter(({ member }) => member);
  if (members.length > 0) return ofGroup(members, last);
  const chain = chainOf(raised);
  const [deepest = last] = chain;
  const texts = [deepest, last].map((exception) => said(exception, lines, chain));
  const [reason = '', wrapper = ''] = texts;
  return {
    text: masked(wrapper).includes(masked(reason)) ? wrapper : `${reason}, then ${wrapper}`,
    frame: topmostOwn([...last.frames, ...deepest.frames]),
  };
};

const isHeader = (line: string) => line.includes('Traceback (most recent call last):');
const fileLine = /^\s*File "([^"]*)", line \d+(?:, in (.*))?$/;
const links = ['The above exception was the direct cause of', 'During handling of the above exception, another'];

/** An exception group is drawn as a tree: its lines begin with `|` and `+`. */
const withoutGroup = (line: string) => line.replace(/^ *[|+] /, '');
const memberLine = /^\s*\+-[+-]*\s*\d+ -+$/;

function exceptions(bare: readonly string[], lines: readonly string[]): Raised[] {
  const found: Raised[] = [];
  for (let at = 0; at < bare.length; at++) {
    const line = bare[at] as string;
    const last = found.at(-1);
    if (last && links.some((link) => line.includes(link))) last.linked = true;
    const member = memberLine.test(lines[at - 1] ?? '');
    const traced = isHeader(line) || fileLine.test(line);
    if (!traced && !member) continue;
    const exception = traced ? raisedAt(bare, at, member) : plainMember(bare, at);
    // What has no end has none from any later line.
    if (!exception) break;
    found.push(exception);
    at = exception.end - 1;
  }
  return found;
}

/** From a traceback's head, or of a SyntaxError without one from its file, to its message. */
function raisedAt(lines: readonly string[], begin: number, member: boolean): Raised | null {
  const head = lines[begin] as string;
  const base = isHeader(head) ? head.search(/(?:Exception Group )?Traceback/) : indentation(head) - 1;
  const frames: string[] = [];
  let at = isHeader(head) ? begin + 1 : begin;
  for (; at < lines.length; at++) {
    const line = lines[at] as string;
    if (isBlank(line)) continue;
    const file = fileLine.exec(line);
    if (!file && indentation(line) <= base) break;
    if (file) frames.push(`${file[2] ?? '<module>'} ${file[1]}`);
  }
  if (at >= lines.length) return null;
  const end = endOfMessage(lines, at);
  return { lines: lines.slice(at, end), frames, linked: false, member, begin, end };
}

function plainMember(lines: readonly string[], begin: number): Raised {
  const end = endOfMessage(lines, begin);
  return { lines: lines.slice(begin, end), frames: [], linked: false, member: true, begin, end };
}

/** A message may have several lines: to the next blank one, traceback or member. */
function endOfMessage(lines: readonly string[], begin: number): number {
  let end = begin + 1;
  while (end < lines.length && end < begin + 20) {
    const line = lines[end] as string;
    if (isBlank(line) || isHeader(line) || /^\s*\+?-{2,}/.test(line)) break;
    end += 1;
  }
  return end;
}

/** The exceptions that led to the last one, deepest first. */
function chainOf(raised: readonly Raised[]): readonly Raised[] {
  let first = raised.length - 1;
  while (first > 0 && raised[first - 1]?.linked) first -= 1;
  return raised.slice(first);
}

/** What an exception says: where it says nothing, what was printed beside it. */
function said(exception: Raised, lines: readonly string[], chain: readonly Raised[]): string {
  const [head = '', ...more] = exception.lines.map((line) => line.trim());
  const first = more[0] && /:$/.test(head) ? `${head} ${more[0]}` : head;
  if (!isGeneric(first)) return first;
  const after = lines.slice(chain.at(-1)?.end);
  const before = lines.slice(0, chain[0]?.begin);
  return tellingLine(more) ?? tellingLine(after) ?? tellingLine(before) ?? first;
}

/** The members of a group end in any order: each cause once, in one order. */
function ofGroup(members: readonly Raised[], last: Raised): Reason {
  const byText = new Map(members.map((member) => [masked(member.lines[0] ?? ''), member]));
  const texts = [...byText.keys()].filter((text) => !/\(\S+ sub-exceptions?\)$/.test(text)).sort();
  const first = byText.get(texts[0] ?? '');
  return {
    text: texts.slice(0, 3).join('; ') || (last.lines[0] ?? ''),
    frame: topmostOwn([...last.frames, ...(first?.frames ?? [])]),
  };
}

/** Python prints the innermost frame last. */
function topmostOwn(frames: readonly string[]): string | null {
  const frame = frames.findLast((each) => !foreign.test(each)) ?? frames.at(-1);
  if (frame === undefined) return null;
  const end = frame.lastIndexOf(' ');
  return `${frame.slice(0, end)} (${baseName(frame.slice(end + 1))})`;
}

const foreign = /[/\\](?:site|dist)-packages[/\\]|[/\\]lib(?:64)?[/\\]python[\d.]+[/\\]| <(?:frozen|string|__array)/;
