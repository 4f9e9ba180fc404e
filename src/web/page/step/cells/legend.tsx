import styles from './cells.module.css';
import { cellSize, unitsPerCell } from './layout.js';

/** What the looks of cells mean, by how many units there are. */
export function Legend({ units, hasReplaced }: { units: number; hasReplaced: boolean }) {
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
      <span className={styles.key}>
        <span className={`${styles.sample} ${styles.missing}`} /> not reported yet
      </span>
      {hasReplaced && (
        <span className={styles.key}>
          <span className={`${styles.sample} ${styles.missing} ${styles.replaced}`} /> replaced
        </span>
      )}
      {perCell > 1 && <span>A cell stands for {perCell} units, and shows the worst of them. </span>}
    </>
  );
}
