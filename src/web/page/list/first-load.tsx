import { connection } from '../live/connection.js';
import { useStore } from '../live/store.js';
import styles from './list-view.module.css';

const rows = [1, 2, 3, 4, 5, 6];

/** Before there is anything to show: how it will look for a moment (300 ms, by the style), then words. */
export function FirstLoad() {
  const status = useStore(connection, ({ status }) => status);
  return (
    <div className={styles.first} role="status">
      <div className={styles.skeleton} aria-hidden="true">
        {rows.map((row) => (
          <span key={row} />
        ))}
      </div>
      <p className={styles.words}>
        {status === 'stale' ? 'The server cannot be reached. Trying again…' : 'Reading the clusters…'}
      </p>
    </div>
  );
}
