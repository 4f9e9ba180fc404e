import { type Event, StepcastError } from 'stepcast/client';
import type { LogScope } from './scope.js';
import { type LogClient, LogSource } from './source.js';

/** Characters of a log that a browser keeps well; the API gives longer ones. */
const mostCharacters = 500_000_000;
/** Events that are asked for at once. */
const page = 500;
/** Attempts at a page before the log is refused. */
const attempts = 5;

/** Why there is no whole log. */
export class IncompleteLog extends Error {
  override readonly name = 'IncompleteLog';
}

/**
 * All events of a log, oldest first, as `format` writes them; `told` is called with how many there are so far. Rejects with an
 * IncompleteLog when not every event could be read, and with the signal's reason when it is cancelled: never a part.
 */
export async function wholeLog(
  client: LogClient,
  scope: LogScope,
  format: (events: readonly Event[]) => string | Promise<string>,
  { signal, told }: { signal: AbortSignal; told: (events: number) => void },
): Promise<string[]> {
  const source = new LogSource(client, scope);
  const lines: string[] = [];
  let characters = 0;
  let events = 0;
  let after: string | null = null;
  for (let more = true; more; ) {
    const part = await read(source, after, events, signal);
    const text = await format(part.events);
    lines.push(text);
    characters += text.length;
    events += part.events.length;
    if (characters > mostCharacters)
      throw new IncompleteLog(
        `This log is too long for a browser: after ${events} events it has half a gigabyte. Read it by the API.`,
      );
    told(events);
    ({ after, more } = part);
  }
  return lines;
}

async function read(source: LogSource, after: string | null, events: number, signal: AbortSignal) {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      const part = await source.next(after, page);
      signal.throwIfAborted();
      return part;
    } catch (error) {
      signal.throwIfAborted();
      const isWorthwhile = error instanceof StepcastError && error.retryable && attempt < attempts;
      if (!isWorthwhile)
        throw new IncompleteLog(
          `Reading stopped after ${events} events, so nothing was saved: ${(error as Error).message}`,
        );
      await new Promise((resolve) => setTimeout(resolve, error.retryAfter ?? 500 * 2 ** attempt));
    }
  }
}
