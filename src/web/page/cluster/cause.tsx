import type { ErrorGroup } from 'stepcast/client';
import { firstLine } from '../ui/text.js';
import styles from './heading.module.css';

/** What most units stand failed of, and what the operator knows of it. Nothing when nothing stands failed. */
export function Cause({ groups }: { groups: readonly ErrorGroup[] }) {
  const standing = groups.filter(({ recovered }) => !recovered);
  const [first] = standing;
  if (!first) return null;
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
