/** Bytes the server keeps of an error's text (E6). Cut here already: reports wait in memory while it is away. */
const limit = 64 * 1024;

/** A failure in full: the stack, with the stacks of its causes and of the errors it sums up. At most 64 KiB. */
export function traceback(error: unknown): string {
  return cut(describe(error, new Set()));
}

function describe(error: unknown, seen: Set<unknown>): string {
  if (!(error instanceof Error)) return typeof error === 'string' ? error : inspect(error);
  if (seen.has(error)) return `${error.name}: ${error.message} [as above]`;
  seen.add(error);
  const parts = [stackOf(error)];
  if (error instanceof AggregateError) {
    for (const [index, each] of error.errors.entries()) parts.push(`Error ${index + 1}: ${describe(each, seen)}`);
  }
  if (error.cause !== undefined) parts.push(`Caused by: ${describe(error.cause, seen)}`);
  return parts.join('\n');
}

/** A stack names the error as it was when it was made: a message changed since then must not get lost. */
function stackOf(error: Error): string {
  const title = `${error.name}: ${error.message}`;
  if (!error.stack) return title;
  return error.stack.includes(error.message) ? error.stack : `${title}\n${error.stack}`;
}

function inspect(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}

function cut(text: string): string {
  if (text.length * 3 <= limit) return text;
  const { length } = new TextEncoder().encode(text);
  if (length <= limit) return text;
  const mark = `… [cut: ${length} bytes]`;
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(limit - mark.length - 2));
  return text.slice(0, read) + mark;
}
