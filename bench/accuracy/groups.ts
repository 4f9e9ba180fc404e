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

export interface Mismatches {
  readonly causes: number;
  readonly groups: number;
  /** Different causes that share a group. */
  readonly merged: readonly (readonly string[])[];
  /** Causes whose failures are in several groups. */
  readonly split: readonly string[];
}

/** How groups differ from the causes that the messages are known to have, one label for each. */
export function mismatches(numbers: readonly number[], labels: readonly string[]): Mismatches {
  if (labels.length !== numbers.length) {
    throw new Error(`expected a label for each of ${numbers.length} messages, got ${labels.length}`);
  }
  const causesOf = setsBy(numbers, labels);
  const groupsOf = setsBy(labels, numbers);
  return {
    causes: groupsOf.size,
    groups: causesOf.size,
    merged: [...causesOf.values()].filter(({ size }) => size > 1).map((causes) => [...causes]),
    split: [...groupsOf].filter(([, groups]) => groups.size > 1).map(([cause]) => cause),
  };
}

function setsBy<Key, Value>(keys: readonly Key[], values: readonly Value[]): Map<Key, Set<Value>> {
  const sets = new Map<Key, Set<Value>>();
  for (const [index, key] of keys.entries()) {
    const set = sets.get(key) ?? new Set();
    sets.set(key, set.add(values[index] as Value));
  }
  return sets;
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
