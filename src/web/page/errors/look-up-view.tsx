import { useTitle } from '../ui/document-title.js';
import styles from './errors.module.css';
import { ErrorLookUp } from './look-up.js';

/** Asks for an error id. */
export function LookUpView() {
  useTitle({ name: 'Look up an error id' });
  return (
    <div className={styles.view}>
      <h1>Look up an error id</h1>
      <p>
        Every failure has an id, which tools, logs and people pass on. It leads to exactly that failure: its cluster,
        its step, and the whole text of what was reported.
      </p>
      <ErrorLookUp />
    </div>
  );
}
