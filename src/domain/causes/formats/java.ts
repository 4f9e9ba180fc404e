import type { Format } from '../reason.js';
import { deepestOf, type Section } from '../stack.js';
import { indentation, isBlank } from '../text.js';

/** Stack traces of Java, Kotlin, Scala: the last `Caused by` that is no suppressed exception's. */
export const java: Format = (_, lines) => {
  const first = lines.findIndex(isFrame);
  const cause = lines.findIndex((line) => causedBy.test(line));
  if (first < 0 && (cause < 0 || lines.some(isNodeFrame))) return null;
  const begin = headOf(lines, first < 0 ? cause : first);
  const sections = sectionsOf(lines, begin);
  return deepestOf(sections, topmostOwn);
};

const causedBy = /^\s*Caused by: /;
const suppressed = /^\s*(?:Suppressed: |\.\.\. \d+ (?:more|common frames omitted)|\[CIRCULAR REFERENCE)/;
const isFrame = (line: string) => /^\s+at [^\s(]{1,300}\((?:[^:)]{1,200}(?::\d+)?)\)/.test(line) && !isNodeFrame(line);
const isNodeFrame = (line: string) => /^\s+at .{0,500}:\d+:\d+\)?$/.test(line);

/** Where the outermost exception begins: a message may have several lines before its first frame. */
function headOf(lines: readonly string[], end: number): number {
  for (let at = end - 1; at >= Math.max(0, end - 20); at--) {
    if (typed.test(lines[at] as string)) return at;
  }
  return Math.max(0, end - 1);
}

const typed = /(?:^|\s)(?:[\w$]+\.)*[\w$]*(?:Exception|Error|Throwable|Failure|Interrupt)\b/;

function sectionsOf(lines: readonly string[], begin: number): Section[] {
  const base = indentation(lines[begin] as string);
  let section: { lines: string[]; frames: string[] } = { lines: [withoutThread(lines[begin] as string)], frames: [] };
  const sections = [section];
  for (const line of lines.slice(begin + 1)) {
    if (isBlank(line)) continue;
    if (causedBy.test(line) && indentation(line) <= base && !line.includes('[CIRCULAR REFERENCE')) {
      section = { lines: [line.replace(causedBy, '').trim()], frames: [] };
      sections.push(section);
    } else if (isFrame(line)) {
      if (indentation(line) <= base + 8) section.frames.push(line.trim().slice(3));
    } else if (section.frames.length === 0 && !suppressed.test(line)) section.lines.push(line.trim());
  }
  return sections;
}

const withoutThread = (line: string) => line.trim().replace(/^Exception in thread "[^"]*" /, '');

/** `java.base/java.net.Socket.connect(Socket.java:633)` → `Socket.connect`. */
function topmostOwn(frames: readonly string[]): string | null {
  const called = frames.map((frame) => frame.slice(0, frame.indexOf('(')).replace(/^[^/]*\//, ''));
  const method = called.find((name) => !foreign.test(name)) ?? called[0];
  if (method === undefined) return null;
  const [name = '', type = ''] = method.split('.').reverse();
  return `${withoutNumbers(type)}.${withoutNumbers(name)}`;
}

const foreign =
  /^(?:java|javax|jakarta|jdk|sun|com\.sun|kotlin|kotlinx|scala|groovy|org\.(?:apache|springframework|hibernate|eclipse|junit|codehaus|postgresql|slf4j|jboss)|io\.(?:netty|grpc|vertx|micrometer)|reactor|com\.(?:google|fasterxml|zaxxer|mysql|amazonaws)|software\.amazon)\./;

/** What compilers and proxies number. */
const withoutNumbers = (name: string) => name.replace(/\$\$.*$/, '').replace(/\$(?:\d+|[0-9a-f]{6,})(?=\$|$)/g, '');
