import { tellingLine, tracedCommand } from '../generic.js';
import type { Format } from '../reason.js';
import { isBlank } from '../text.js';

/**
 * Any text. What a command printed: the last line that speaks of an error. `exit status 1` and its kind use what stands
 * beside them; where nothing does, the command that `set -x` showed last.
 */
export const shell: Format = (_, lines) => {
  const filled = lines.filter((line) => !isBlank(line));
  const telling = tellingLine(filled);
  if (telling !== null) return { text: withoutPlace(telling), frame: null };
  const command = filled.map(tracedCommand).findLast((traced) => traced !== null);
  const last = filled.findLast((line) => tracedCommand(line) === null)?.trim() ?? '';
  return { text: command ? `${command}: ${last}` : last, frame: null };
};

/** A script's own path and line before the error: `/tmp/run.sh: line 12: jq: command not found`. */
const withoutPlace = (line: string) => line.replace(/^[^\s:]{1,200}: (?:line )?\d{1,7}: (?=\S)/, '');
