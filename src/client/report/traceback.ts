import { errorText } from '../../domain/error-text.js';

/**
 * A failure in full: the stack, with the stacks of its causes and of the errors it sums up. Cut as the server would cut it
 * (E6), because reports wait in memory. E7: whatever was thrown, this does not throw another one.
 */
export function traceback(error: unknown): string {
  return attempt(() => errorText(describe(error, new Set()).join('\n'))) ?? headline(error);
}

/** C2: what an error says of its own cause, by a property `fingerprint`; null when it says nothing. */
export const fingerprintOf = (error: unknown): string | null =>
  attempt(() => {
    const { fingerprint } = error as { fingerprint?: unknown };
    return typeof fingerprint === 'string' && fingerprint !== '' ? fingerprint.slice(0, 255).toWellFormed() : null;
  }) ?? null;

/** What was thrown, without its stack. */
export function headline(error: unknown): string {
  const text = attempt(() => errorText(isError(error) ? error.message || error.name : inspect(error)));
  return text ?? 'an error that cannot be described';
}

/** How many causes are described, and how many of the errors that one sums up. */
const most = 100;

/** One part for each error. Those that it sums up are looked at here, and not what sums up others in turn without end. */
function describe(error: unknown, seen: Set<unknown>, depth = 0): string[] {
  const parts: string[] = [];
  let each = error;
  for (let index = 0; index <= most; index++) {
    const prefix = index === 0 ? '' : 'Caused by: ';
    if (!isError(each)) return [...parts, prefix + inspect(each)];
    if (seen.has(each)) return [...parts, `${prefix}${each.name}: ${each.message} [as above]`];
    seen.add(each);
    parts.push(prefix + stackOf(each), ...summedUp(each, seen, depth));
    if (each.cause === undefined) return parts;
    each = each.cause;
  }
  return [...parts, 'Further causes are left out'];
}

function summedUp(error: Thrown, seen: Set<unknown>, depth: number): string[] {
  const { errors } = error;
  if (!Array.isArray(errors) || depth === most) return [];
  const parts = errors.slice(0, most).map((each, index) => {
    return `Error ${index + 1}: ${describe(each, seen, depth + 1).join('\n')}`;
  });
  return errors.length > most ? [...parts, `${errors.length - most} further errors are left out`] : parts;
}

/** An error, perhaps of another realm, such as a worker's or a sandbox's. */
interface Thrown {
  readonly name: string;
  readonly message: string;
  readonly stack?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

function isError(value: unknown): value is Thrown {
  if (value instanceof Error) return true;
  if (typeof value !== 'object' || value === null) return false;
  const { name, message, stack } = value as Thrown;
  return [name, message, stack].every((text) => typeof text === 'string');
}

/** A stack has the message of when the error was created: a message that was changed since must not get lost. */
function stackOf({ name, message, stack }: Thrown): string {
  const title = `${name}: ${message}`;
  if (typeof stack !== 'string' || stack === '') return errorText(title);
  return errorText(stack.includes(message) ? stack : `${title}\n${stack}`);
}

function inspect(value: unknown): string {
  if (typeof value === 'string') return value;
  return attempt(() => JSON.stringify(value)) ?? String(value);
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
