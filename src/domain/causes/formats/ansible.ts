import { isGeneric } from '../generic.js';
import { type Member, membersOf } from '../members.js';
import type { Format } from '../reason.js';
import { indentation, isBlank, linesOf, plain } from '../text.js';

/** Ansible's result of a task, as JSON or as its YAML callback writes it: `msg`, and what the module printed where that says nothing. */
export const ansible: Format = (text, lines, inner) => {
  const result = resultOf(text);
  if (result === null) return ofAdHoc(text, inner) ?? ofError(lines);
  const members = [...membersOf(result, keys), ...yamlMembers(result)];
  const said = keysInOrder.flatMap((key) => members.filter((member) => member.key === key && !isEmpty(member)));
  const telling = said.find(({ value }) => !value.split('\n').every(isGeneric));
  const chosen = telling ?? said[0];
  return chosen ? inner(plain(chosen.value)) : null;
};

/** Those that say why, the most telling first. `stdout` last: a command that fails may have printed anything before. */
const keysInOrder = ['msg', 'module_stderr', 'stderr', 'exception', 'reason', 'module_stdout', 'stdout'] as const;
const keys: ReadonlySet<string> = new Set(keysInOrder);

const isEmpty = ({ value }: Member) => isBlank(value);

const heads = ['FAILED! =>', 'UNREACHABLE! =>'];

/** What follows the head, or a result alone. A loop's items come before the result of the whole: theirs is the reason. */
function resultOf(text: string): string | null {
  const item = /^failed: \[[^\]\n]{1,300}\] (?:=> )?\(item=/m.exec(text);
  if (item) {
    const begin = text.indexOf('=> {', item.index);
    if (begin >= 0) return text.slice(begin);
  }
  for (const head of heads) {
    const begin = text.indexOf(head);
    if (begin >= 0) return text.slice(begin + head.length);
  }
  const trimmed = text.trimStart();
  return trimmed.startsWith('{') && /"(?:msg|module_stderr)"\s*:/.test(text) ? trimmed : null;
}

/** `web-1 | FAILED | rc=127 >>` and what the command printed. */
function ofAdHoc(text: string, inner: Parameters<Format>[2]) {
  const head = /^\S{1,300} \| (?:FAILED|UNREACHABLE)\S* \| rc=-?\d+ >>\n/m.exec(text);
  return head ? inner(text.slice(head.index + head[0].length)) : null;
}

/** What Ansible says of a playbook it cannot run. */
function ofError(lines: readonly string[]) {
  const at = lines.findIndex((line) => /^(?:ERROR! |\[ERROR\]: )/.test(line));
  if (at < 0) return null;
  const said = (lines[at] as string).replace(/^(?:ERROR! |\[ERROR\]: )(?:Task failed: )?(?:Module failed: )?/, '');
  return isGeneric(said) ? null : { text: said, frame: null };
}

/** `  msg: text`, and `  stderr: |-` with the lines beneath it. */
function yamlMembers(text: string): Member[] {
  if (/^\s*\{/.test(text)) return [];
  const lines = linesOf(text);
  return lines.flatMap((line, at) => {
    const member = /^\s{1,20}([a-z_]{1,20}):(?: (.*))?$/.exec(line);
    if (!member || !keys.has(member[1] as string)) return [];
    const scalar = (member[2] ?? '').trim();
    const value =
      scalar === '' || /^[|>][-+\d]*$/.test(scalar) ? blockAt(lines, at) : scalar.replace(/^(['"])(.*)\1$/, '$2');
    return [{ key: member[1] as string, value }];
  });
}

function blockAt(lines: readonly string[], at: number): string {
  const base = indentation(lines[at] as string);
  const rest = lines.slice(at + 1);
  const end = rest.findIndex((line) => !isBlank(line) && indentation(line) <= base);
  return rest.slice(0, end < 0 ? undefined : end).join('\n');
}
