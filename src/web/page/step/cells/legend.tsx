import styles from './cells.module.css';
import { cellSize, unitsPerCell } from './layout.js';

export interface LegendProps {
  readonly units: number;
  readonly hasReplaced: boolean;
  /** What is said of those that have not reported; null when there are none. */
  readonly missing: string | null;
}

/** What the looks of cells mean, by how many units there are. */
export function Legend({ units, hasReplaced, missing }: LegendProps) {
  const perCell = unitsPerCell(units);
  const isSmall = cellSize(units).pitch < 10;
  return (
    <>
      <span className={styles.key}>
        <span className={`${styles.sample} ${styles.succeeded}`} /> done
      </span>
      <span className={styles.key}>
        <span className={`${styles.sample} ${styles.failed} ${isSmall ? styles.notch : styles.cross}`} /> failed
      </span>
      {missing && (
        <span className={styles.key}>
          <span className={`${styles.sample} ${styles.missing}`} /> {missing}
        </span>
      )}
      {hasReplaced && (
        <span className={styles.key}>
          <span className={`${styles.sample} ${styles.missing} ${styles.replaced}`} /> replaced
        </span>
      )}
      {perCell > 1 && <span>A cell stands for {perCell} units, and shows the worst of them. </span>}
    </>
  );
}
