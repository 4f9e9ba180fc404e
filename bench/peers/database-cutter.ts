// Cuts the servers that listen off from the database's notices: ends their connections as often as they come back.
import { setTimeout as delay } from 'node:timers/promises';
import { answer } from '../support/child.js';
import { peerDatabase } from './database.js';

const { pool } = await peerDatabase();

answer({
  /** For so many seconds. Says how many connections it ended. */
  async cut(seconds: number): Promise<number> {
    const end = performance.now() + seconds * 1000;
    let ended = 0;
    while (performance.now() < end) {
      const { rowCount } = await pool.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN %' AND pid <> pg_backend_pid()",
      );
      ended += rowCount ?? 0;
      await delay(100);
    }
    return ended;
  },
});
