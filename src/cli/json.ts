import type { Writable } from 'node:stream';
import type { Screen } from './screen.js';
import { jsonLine } from './text.js';

/** One object a line, with a `kind`: operation, step, failure, connection. */
export function jsonScreen(out: Writable): Screen {
  const print = (value: object) => out.write(`${jsonLine(value)}\n`);
  return {
    begun: (operation) => print({ kind: 'operation', ...operation }),
    ended: (operation) => print({ kind: 'operation', ...operation }),
    step: (step) => print({ kind: 'step', ...step }),
    failure: (event) => print({ kind: 'failure', ...event }),
    connection: (state) => print({ kind: 'connection', ...state }),
  };
}
