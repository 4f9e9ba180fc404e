import type { ErrorGroup } from 'stepcast/client';
import { firstLine } from '../ui/text.js';
import styles from './heading.module.css';

export interface CauseProps {
  readonly groups: readonly ErrorGroup[];
  /** Why the operation ended, which is said already. */
  readonly reason: string | null;
}

/** What most units stand failed of, and what the operator knows of it. Nothing when nothing stands failed. */
export function Cause({ groups, reason }: CauseProps) {
  const standing = groups.filter(({ recovered }) => !recovered);
  const [first] = standing;
  if (!first || isSaid(first, reason)) return null;
  const others = standing.length - 1;
  return (
    <p className={styles.cause}>
      <span className="muted">Cause:</span>
      <span dir="auto">
        {first.knownCause && <strong>{firstLine(first.knownCause.title)}: </strong>}
        <code>{firstLine(first.message)}</code>
        {first.knownCause?.hint && <> – {firstLine(first.knownCause.hint)}</>}
        {others > 0 && <span className="muted"> and {others === 1 ? '1 other cause' : `${others} other causes`}</span>}
      </span>
    </p>
  );
}

/** Reporters often end an operation with the words of what failed: they need not be said twice. */
const isSaid = ({ knownCause, sample }: ErrorGroup, reason: string | null): boolean =>
  knownCause === null && reason !== null && (sample.eventInfo?.includes(reason.split('\n')[0] ?? '') ?? false);
