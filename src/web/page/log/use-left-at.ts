import { useEffect, useState } from 'react';
import { watchAbsence } from '../live/absence.js';
import { byServer } from '../live/clock.js';
import type { LiveLog } from '../live/log/log.js';

/** Where a reader was who could not see for a while what came; times by the server's clock, in milliseconds. */
export interface LeftAt {
  /** The newest event before. */
  readonly event: string;
  readonly from: number;
  readonly to: number;
}

/** Where the reader of a log that reaches to its end was away last; null: nowhere. */
export function useLeftAt(live: LiveLog | null): LeftAt | null {
  const [leftAt, setLeftAt] = useState<LeftAt | null>(null);
  useEffect(() => {
    setLeftAt(null);
    if (!live) return;
    let event: string | null = null;
    return watchAbsence(
      () => {
        const { rows, newer } = live.store.value;
        if (newer === 'end') event ??= rows.at(-1)?.id ?? null;
      },
      (absence) => {
        if (absence && event !== null) setLeftAt({ event, from: byServer(absence.from), to: byServer(absence.to) });
        event = null;
      },
    );
  }, [live]);
  return leftAt;
}
