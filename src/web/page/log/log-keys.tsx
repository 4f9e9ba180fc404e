import { useKeys } from '../ui/keys.js';
import type { RowKeys } from './use-log-rows.js';

export interface LogKeysProps {
  readonly rows: RowKeys;
  /** Whether the reader is in the log: other views have a meaning for the same keys. */
  readonly isInside: () => boolean;
  readonly onFollow: () => void;
  readonly onSearch: () => void;
}

/** The keys of a log. Rendered once it is opened, so that they are asked before those of the views around it. */
export function LogKeys({ rows, isInside, onFollow, onSearch }: LogKeysProps) {
  const within = (action: () => unknown) => () => (isInside() ? action() : false);
  const [next, previous] = [within(() => rows.move(1)), within(() => rows.move(-1))];
  useKeys({ j: next, ArrowDown: next }, 'next line of the log');
  useKeys({ k: previous, ArrowUp: previous }, 'previous line of the log');
  useKeys({ n: within(() => rows.toFailure('after')) }, 'next failure in the log');
  useKeys({ [backwards]: within(() => rows.toFailure('before')) }, 'previous failure in the log');
  useKeys({ f: onFollow }, 'follow the newest lines of the log, or stop');
  useKeys({ '/': onSearch }, 'search the log');
  return null;
}

/** Shift and `n`. */
const backwards = 'N';
