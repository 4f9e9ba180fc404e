import type { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import type { ServerClock, Step } from '../client/index.js';
import { lineByLine, stepLine } from './lines.js';
import type { Screen } from './screen.js';

/** Milliseconds of silence after which the current step is said again: whoever reads a silent log thinks it hangs. */
const silence = 30_000;

/** Appends lines without styles: for files and pipes. The current step's line is repeated at every tenth of its units. */
export function plainScreen(out: Writable, clock: ServerClock): Screen {
  let current: Step | null = null;
  let last = '';
  let said = '';
  const print = (line: string) => {
    out.write(`${stripVTControlCharacters(line)}\n`);
    timer.refresh();
  };
  const timer = setTimeout(() => (current ? print(stepLine(current, clock)) : timer.refresh()), silence);
  return {
    ...lineByLine(print),
    step(step, settled) {
      current = settled ? null : step;
      const tenth = step.total ? Math.floor((10 * step.completed) / step.total) : 0;
      const now = `${step.id} ${step.state} ${settled || tenth}`;
      const line = stepLine(step, clock);
      // A failed step that nothing more came of is settled as it was.
      if (now !== last && line !== said) {
        said = line;
        print(line);
      }
      last = now;
    },
    close: () => clearTimeout(timer),
  };
}
