import { isBlank } from './text.js';

/**
 * Whether a line says no more than that something failed: then the reason stands beside it. What precedes the end of the
 * pattern (a command, a module's name) does not make it say more.
 */
export function isGeneric(line: string): boolean {
  const text = withoutTool(line).trim();
  return text === '' || whole.test(text) || ending.test(text.slice(-longest));
}

const longest = 160;

/** What npm writes before each line. */
const withoutTool = (line: string) => line.replace(/^npm (?:ERR!|error) ?/, '');

/** Lines that are nothing else, whatever their number. */
const whole =
  /^(?:-|unknown(?: error)?|(?:an )?(?:internal |unexpected )?error(?: occurred)?|(?:[\w.]*(?:Error|Exception|Failure))?:? ?failed|failure|module failure.*|all items completed|one or more items failed|see (?:stdout\/)?stderr for the exact error|command failed(?::.*| with.*)?|(?:Error: )?Command failed: .*|Build step .* marked build as failure|(?:code|errno|syscall|path|command|workspace|location) [\w/.@-]*|make(?:\[\d+\])?: \*\*\* .*|(?:ELIFECYCLE|ENOLOG).*|unexpected error while running command\.?|(?:local|remote)-exec provisioner error|failed to run module \S+ .*|failed running \S+ \[-?\d+\]|exited|terminated|killed by the shell|aborted\.?)$/i;

/** Ends that tell an exit status and nothing else. */
const ending =
  /(?:\bnon-?zero (?:return|exit) (?:code|status)(?: of)?(?: -?\d+)?|\b(?:exit(?:ed)?|process|status|terminated|completed|finished|failed|died)(?: with)?(?: an?)?(?: exit)?(?: code| status|: code| rc)[ :=]*-?\d+|\bexit(?:ed)? -?\d+|\brc=-?\d+|\bError \d+)[).\]]*$/i;

/** The line among these that says most of why: the last that speaks of an error, else the last; null without any. */
export function tellingLine(lines: readonly string[]): string | null {
  const candidates = lines.filter((line) => !isBlank(line) && !isGeneric(line) && !isDecoration(line));
  const telling = candidates.findLast((line) => saysWhy(withoutTool(line)));
  return (telling ?? candidates.at(-1) ?? null)?.trim() ?? null;
}

const saysWhy = (line: string) => errorWords.test(line) && !afterwards.test(line);

/** A command as `set -x` shows it, rules and boxes, the marks beneath a line of source. */
const isDecoration = (line: string) => /^(?:\++ |[\s\-=_*#~^|│╷╵─.…+>]+$|… \[\d+ bytes, the middle)/u.test(line);

/** A command as `set -x` shows it: `+ apt-get install`. Null for any other line. */
export const tracedCommand = (line: string) => /^\++ (.+)$/.exec(line)?.[1] ?? null;

const errorWords =
  /\b(?:err(?:or)?s?|fatal|fail(?:ed|ure|s)?|denied|refused|cannot|can't|could not|couldn't|unable|invalid|missing|not found|no such|no space|not permitted|not allowed|not exist|not enough|no valid|unreachable|timed? ?out|timeout|exceeded|expired|unauthorized|forbidden|conflict|unknown|unsupported|undefined|panic|abort(?:ed)?|killed|out of memory|segmentation fault|rejected|reset by peer|bad|unresolved|mismatch|closed|broken)\b|(?:Error|Exception)\b|^E: |^E[A-Z]{3,}\b/i;

/** What is said after the reason: advice, summaries, hints at a log. */
const afterwards =
  /^\s*(?:hint|note|see|try|run|for more|details?|usage|please|help|warning|info|debug|trace|you (?:can|may|need)|to (?:see|get|fix))\b|\bcomplete log\b|--help\b|\bfor (?:details|more)\b/i;
