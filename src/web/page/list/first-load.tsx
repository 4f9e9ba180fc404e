import { useEffect, useState } from 'react';
import styles from './list-view.module.css';

const rows = [1, 2, 3, 4, 5, 6];

/** Milliseconds after which it is said that an answer is overdue. */
const patience = 5_000;

/** Before there is anything to show: how it will look for a moment (300 ms, by the style), then words. */
export function FirstLoad() {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), patience);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className={styles.first} role="status">
      <div className={styles.skeleton} aria-hidden="true">
        {rows.map((row) => (
          <span key={row} />
        ))}
      </div>
      <p className={styles.words}>
        {isLate ? 'The server has not answered yet. The page goes on trying.' : 'Reading the clusters…'}
      </p>
    </div>
  );
}
