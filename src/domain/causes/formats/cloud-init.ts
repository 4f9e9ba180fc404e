import { isGeneric, tellingLine } from '../generic.js';
import type { Format } from '../reason.js';
import { isBlank } from '../text.js';

/** Cloud-init's log, its output, or `cloud-init status --long`. */
export const cloudInit: Format = (text, lines, inner) => {
  if (!lines.some((line) => marks.test(line))) return null;
  const command = ofCommand(lines);
  if (command !== null) return { text: command, frame: null };
  const listed = ofStatus(lines);
  if (listed !== null) return { text: listed, frame: null };
  const bare = lines.filter((line) => !quiet.test(line)).map((line) => line.replace(prefix, ''));
  const rest = bare.join('\n');
  if (rest !== text) return inner(rest);
  return null;
};

const marks =
  /\b(?:cc_\w{1,60}|util|stages|main|handlers|subp|__init__)\.py\[[A-Z]+\]: |ProcessExecutionError|^Cloud-init v\. |^extended_status: |\bcloud-init\[\d+\]: /;
const prefix =
  /^(?:[\d-]{10}[ T][\d:,.]{8,16}(?:\+\d\d:?\d\d)? - |.{0,80}\bcloud-init\[\d+\]: )?(?:\w{1,60}\.py\[[A-Z]+\]: )?/;
const quiet = /\.py\[(?:DEBUG|INFO)\]: |^Cloud-init v\. /;

/** `Unexpected error while running command.`, with what the command printed, if it printed anything. */
function ofCommand(lines: readonly string[]): string | null {
  const begin = lines.findLastIndex((line) => line.includes('Unexpected error while running command'));
  if (begin < 0) return null;
  const rest = lines.slice(begin + 1);
  for (const name of ['Stderr', 'Stdout', 'Reason', 'Command']) {
    const told = tellingLine(sectionOf(rest, name));
    if (told !== null) return name === 'Command' ? `command failed: ${told}` : told;
  }
  return null;
}

const section = /^(?:Command|Exit code|Reason|Stdout|Stderr): ?/;

function sectionOf(lines: readonly string[], name: string): string[] {
  const begin = lines.findIndex((line) => line.startsWith(`${name}:`));
  if (begin < 0) return [];
  const rest = lines.slice(begin + 1);
  const end = rest.findIndex(
    (line) => section.test(line) || isBlank(line) || marks.test(line) || /^\d{4}-\d\d/.test(line),
  );
  const first = (lines[begin] as string).replace(section, '');
  return [first, ...rest.slice(0, end < 0 ? undefined : end)].filter((line) => line.trim() !== '-');
}

/** `- ('scripts_user', RuntimeError('Runparts: 1 failures (part-001) in 1 attempted commands'))` */
function ofStatus(lines: readonly string[]): string | null {
  const begin = lines.findIndex((line) => /^(?:errors|recoverable_errors):/.test(line));
  if (begin < 0) return null;
  const listed = lines.slice(begin + 1).find((line) => /^\s*- /.test(line));
  const said = listed?.replace(/^\s*- /, '').trim();
  return said === undefined || isGeneric(said) ? null : said;
}
