import { now, serverNow } from '../live/clock.js';
import { useStore } from '../live/store.js';
import { zone } from './settings.js';
import { absolute, relative, whole } from './times.js';

/** After a week, when it was says more than how long ago. */
const longAgo = 7 * 86_400_000;

export interface TimeProps {
  /** ISO 8601, as the server gives it. */
  readonly at: string;
  /** `4 min ago`; the absolute time while the page is not current. */
  readonly isRelative?: boolean;
  /** Whether it can be focused, to see the whole time by keyboard. Switched off in rows whose details say it as well. */
  readonly isFocusable?: boolean;
}

/** A time of the server's, in the zone that the viewer chose. Pointing at it shows it whole, in both zones. */
export function Time({ at, isRelative = false, isFocusable = true }: TimeProps) {
  const inZone = useStore(zone);
  const time = Date.parse(at);
  const text = useStore(now, (now) =>
    isRelative && now !== null && Math.abs(now - time) < longAgo
      ? relative(time, now)
      : absolute(time, inZone, now ?? serverNow() ?? Date.now()),
  );
  if (Number.isNaN(time)) return null;
  return (
    <time dateTime={at} data-tip={whole(time)} className="number" tabIndex={isFocusable ? 0 : undefined}>
      {text}
    </time>
  );
}
