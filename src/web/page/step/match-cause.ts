import type { ErrorGroup, Event } from 'stepcast/client';

/** How many characters a masked part of a cause may stand for. */
const longestMasked = 200;
const mask = /<(?:email|hex|host|id|ip|mac|n|path|time|url|user|\*)>/g;

/** The parts of a cause: what is said, and what varies (`<n>`, `<ip>`, `<*>`). */
export function partsOf(message: string): { text: string; isMask: boolean }[] {
  const parts: { text: string; isMask: boolean }[] = [];
  let end = 0;
  for (const match of message.matchAll(mask)) {
    if (match.index > end) parts.push({ text: message.slice(end, match.index), isMask: false });
    parts.push({ text: match[0], isMask: true });
    end = match.index + match[0].length;
  }
  if (end < message.length) parts.push({ text: message.slice(end), isMask: false });
  return parts;
}

/** Whether a failure reads like a cause: what that says is in it, in its order, with something short where it varies. */
export function readsLike(message: string, text: string): boolean {
  const said = partsOf(message)
    .filter(({ isMask }) => !isMask)
    .map((part) => squeezed(part.text))
    .filter(Boolean);
  const [first, ...others] = said;
  if (!first) return false;
  const squeezedText = squeezed(text);
  for (let start = squeezedText.indexOf(first); start >= 0; start = squeezedText.indexOf(first, start + 1)) {
    let end = start + first.length;
    const isAll = others.every((part) => {
      const next = squeezedText.slice(end, end + longestMasked + part.length).indexOf(part);
      end += next + part.length;
      return next >= 0;
    });
    if (isAll) return true;
  }
  return false;
}

/** Whether what stands failed is the step as a whole: no instance is named. */
export const isOfStep = ({ sample, units }: ErrorGroup): boolean =>
  units === 1 && (sample.instanceName ?? sample.instanceId ?? null) === null;

const squeezed = (text: string) => text.replace(/\s+/g, ' ').trim();

/**
 * The failures of each cause, each cause's sample first, then the newest ones in the order they came, as far as their texts
 * tell: the API says of which cause a failure is only of the sample. With one cause, all are its.
 */
export function failuresOf(groups: readonly ErrorGroup[], newestFirst: readonly Event[]): Map<string, Event[]> {
  const found = new Map(groups.map(({ id, sample }) => [id, [sample]]));
  const samples = new Set(groups.map(({ sample }) => sample.id));
  for (const failure of newestFirst.toReversed()) {
    if (samples.has(failure.id) || failure.late || failure.withdrawn) continue;
    const group =
      groups.length === 1 ? groups[0] : groups.find(({ message }) => readsLike(message, failure.eventInfo ?? ''));
    if (group) found.get(group.id)?.push(failure);
  }
  return found;
}
