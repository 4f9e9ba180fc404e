import type { Look } from '../ui/state.js';
import styles from './timeline.module.css';
import type { Earlier } from './usual.js';

export interface LegendProps {
  readonly looks: ReadonlyMap<string, Look>;
  readonly earlier: ReadonlyMap<string, Earlier>;
  readonly hasMarks: boolean;
  readonly isRunning: boolean;
}

/** What the marks on the timeline mean, as far as there are any. */
export function Legend({ looks, earlier, hasMarks, isRunning }: LegendProps) {
  const runs = Math.max(0, ...[...earlier.values()].map(({ usual }) => usual.runs));
  const isExpected = isRunning && runs > 0 && [...looks.values()].includes('planned');
  const isSilent = [...looks.values()].some((look) => look === 'stalled' || look === 'interrupted');
  return (
    <p className={styles.legend}>
      {runs > 0 && (
        <span className={styles.usual}>
          <span className={styles.ghostSample} aria-hidden="true" />
          {runs === 1 ? 'the run before' : `usual: the median of ${runs} runs`}
        </span>
      )}
      {isExpected && (
        <span>
          <span className={styles.expectedSample} aria-hidden="true" />
          expected
        </span>
      )}
      {hasMarks && (
        <span>
          <span className={styles.markSample} aria-hidden="true" />
          failed first
        </span>
      )}
      {isSilent && (
        <span>
          <span className={styles.silentSample} aria-hidden="true" />
          nothing was heard
        </span>
      )}
    </p>
  );
}
