import { connection } from '../live/connection.js';
import { useStore } from '../live/store.js';

/** How current the page is. */
export const Badge = () => {
  const { status } = useStore(connection);
  return <output className={`badge badge-${status}`}>{status}</output>;
};
