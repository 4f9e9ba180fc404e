import { connection } from '../live/connection.js';
import { useStore } from '../live/store.js';
import { pausedAt } from './pause.js';

/** How current the page is. */
export function Badge() {
  const { status } = useStore(connection);
  const isPaused = useStore(pausedAt) !== null;
  return <output className={`badge badge-${status}`}>{isPaused ? 'paused' : status}</output>;
}
