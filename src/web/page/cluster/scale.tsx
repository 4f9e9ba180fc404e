import { type CSSProperties, type ReactNode, useRef } from 'react';
import type { Operation } from 'stepcast/client';
import { useNow } from '../live/clock.js';
import { domainEnd } from './axis.js';
import { type Bar, type Expectations, neededSeconds, secondsInto } from './timeline.js';
import styles from './timeline.module.css';

export interface ScaleProps {
  readonly operation: Operation;
  readonly bars: readonly (Bar | null)[];
  readonly ahead: Expectations;
  /** Seconds at which ghosts end. */
  readonly ghosts: readonly number[];
  /** Rendered with the axis' length in seconds. */
  readonly axis: (domain: number) => ReactNode;
  readonly children: ReactNode;
}

/**
 * The scale of all bars, as custom properties: positions are in seconds, and are made into places by CSS. So nothing but the
 * scale is rendered when a second has passed.
 */
export function Scale({ operation, bars, ahead, ghosts, axis, children }: ScaleProps) {
  const clock = useNow();
  const isRunning = operation.state === 'RUNNING';
  const last = useRef<number | null>(null);
  if (clock !== null) last.current = clock;
  const latest = Math.max(0, ...bars.map((bar) => bar?.end ?? bar?.start ?? 0));
  // The clock is to the second: what has ended within this one is not in the future.
  const now =
    last.current === null ? null : Math.max(latest, secondsInto(operation, new Date(last.current).toISOString()));
  const domain = useRef(0);
  domain.current = domainEnd(
    neededSeconds(operation, bars, ahead, ghosts, isRunning ? now : null),
    domain.current,
    isRunning,
  );
  const scale = {
    '--domain': domain.current,
    '--now': now ?? latest,
    '--base': ahead.base,
  } as CSSProperties;
  return (
    <table className={styles.table} style={scale} data-running={isRunning && clock !== null ? '' : undefined}>
      {axis(domain.current)}
      {children}
    </table>
  );
}
