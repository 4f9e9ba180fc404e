import type { Writable } from 'node:stream';
import type { Screen } from './screen.js';
import { jsonLine } from './text.js';

/** One JSON object per line, with a `kind`: waiting, operation, step, failure, causes, deleted, connection. */
export function jsonScreen(out: Writable): Screen {
  const print = (value: object) => out.write(`${jsonLine(value)}\n`);
  return {
    waiting: (cluster) => print({ kind: 'waiting', ...cluster }),
    begun: (operation) => print({ kind: 'operation', ...operation }),
    ended: (operation) => print({ kind: 'operation', ...operation }),
    causes: (groups) => print({ kind: 'causes', groups }),
    step: (step) => print({ kind: 'step', ...step }),
    failure: (event) => print({ kind: 'failure', ...event }),
    deleted: (cluster) => print({ kind: 'deleted', ...cluster }),
    connection: (state) => print({ kind: 'connection', ...state }),
    close: () => {},
  };
}
