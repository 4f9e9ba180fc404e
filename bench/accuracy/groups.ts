import { causeOf } from '../../src/domain/causes/cause.js';
import { mergeCauses } from '../../src/domain/causes/groups.js';

/** The group of each message, as the server groups failures of one step: numbers from 1, in the order in which groups come. */
export function groupNumbers(messages: readonly string[]): number[] {
  const hashes = messages.map((message) => causeOf(message));
  const distinct = [...new Map(hashes.map((cause) => [cause.hash, cause])).values()];
  const groupOf = new Map(mergeCauses(distinct).flatMap(({ items }, group) => items.map(({ hash }) => [hash, group])));
  const numbers = new Map<number | undefined, number>();
  return hashes.map(({ hash }) => {
    const group = groupOf.get(hash);
    const number = numbers.get(group) ?? numbers.size + 1;
    numbers.set(group, number);
    return number;
  });
}

/** One message a line; one of several lines as a JSON string. */
export function readMessages(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => message(line.replace(/\r$/, '')));
}

function message(line: string): string {
  if (!line.startsWith('"')) return line;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'string' ? value : line;
  } catch {
    return line;
  }
}
