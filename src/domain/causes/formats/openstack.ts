import { isGeneric } from '../generic.js';
import { membersOf } from '../members.js';
import type { Format } from '../reason.js';

/** What Heat says of a resource, and Nova of a server: the fault within. */
export const openstack: Format = (text, lines) => {
  const said = ofHeat(lines) ?? ofFault(text) ?? ofRequest(lines);
  return said === null ? null : { text: said, frame: null };
};

const dueTo = 'Went to status ERROR due to ';

/** `ResourceInError: resources.x: Went to status ERROR due to "Message: No valid host was found., Code: 500"` */
function ofHeat(lines: readonly string[]): string | null {
  const line = lines.findLast((each) => each.includes(dueTo));
  if (line === undefined) return null;
  const fault = line.slice(line.lastIndexOf(dueTo) + dueTo.length).replace(/^"/, '');
  const message = fault.replace(/^Message: /, '').replace(/,? Code: \w+"?.*$/, '');
  return isGeneric(message.replace(/"$/, '')) ? line.slice(line.lastIndexOf(dueTo)) : message;
}

/** `{'message': 'No valid host was found.', 'code': 500, 'created': …}`, of Python or JSON, within another or not. */
function ofFault(text: string): string | null {
  const begin = text.trimStart();
  if (!begin.startsWith('{') || !/['"]code['"]: ?\d{3}\b/.test(text)) return null;
  const quoted = /'message': (?:'((?:[^'\\]|\\.){1,2000})'|"((?:[^"\\]|\\.){1,2000})")/.exec(text);
  return quoted?.[1] ?? quoted?.[2] ?? membersOf(text, new Set(['message']))[0]?.value.split('\n', 1)[0] ?? null;
}

/** `Quota exceeded for cores (HTTP 403) (Request-ID: req-…)` */
function ofRequest(lines: readonly string[]): string | null {
  const line = lines.findLast((each) => each.includes('(Request-ID: req-'));
  return line?.replace(/ ?\(Request-ID: [^)]*\)/, '').trim() ?? null;
}
