import type { Event } from 'stepcast/client';
import { byName } from '../ui/natural-order.js';
import { shown } from '../ui/text.js';
import styles from './failures.module.css';
import { UnitLink } from './unit-link.js';
import { inFigures } from './unit-words.js';

/** How many are named. */
const most = 8;

/** The instances that failures speak of, each once, and how many more stand failed. */
export function Instances({ failures, count }: { failures: readonly Event[]; count: number }) {
  const names = [...new Set(failures.flatMap(({ instanceName, instanceId }) => instanceName ?? instanceId ?? []))].sort(
    byName,
  );
  if (names.length === 0) return null;
  const more = Math.max(names.length, count) - Math.min(most, names.length);
  return (
    <ul className={styles.instances} aria-label="Instances">
      {names.slice(0, most).map((name) => (
        <li key={name}>
          <UnitLink unit={name}>{shown(name)}</UnitLink>
        </li>
      ))}
      {more > 0 && <li className="muted">and {inFigures(more)} more</li>}
    </ul>
  );
}
