import type { WriteStream } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';
import type { ServerClock, Step } from '../client/index.js';
import { lineByLine, stepLine } from './lines.js';
import type { Screen } from './screen.js';
import { truncate } from './text.js';

/** What is used of a terminal. */
export type Terminal = Pick<WriteStream, 'write' | 'columns' | 'hasColors'>;

/**
 * Refreshes the current step's line in place, every second too, below the lines that stay. Without colours where the
 * terminal has none or the environment says so (`NO_COLOR`).
 */
export function terminalScreen(out: Terminal, clock: ServerClock): Screen {
  let current: Step | null = null;
  const styled = out.hasColors() ? (line: string) => line : stripVTControlCharacters;
  // A wrapped line could not be erased. Some terminals do not report their width.
  const currentLine = () => (current ? styled(truncate(stepLine(current, clock), (out.columns || 80) - 1)) : '');
  const draw = (lines = '') => out.write(`\r\u001b[2K${styled(lines)}${currentLine()}`);
  const print = (line: string) => draw(`${line}\n`);
  const timer = setInterval(() => current && draw(), 1000);
  return {
    ...lineByLine(print),
    step(step, settled) {
      current = settled ? null : step;
      if (settled) print(stepLine(step, clock));
      else draw();
    },
    close() {
      clearInterval(timer);
      if (current) out.write('\n');
      current = null;
    },
  };
}
