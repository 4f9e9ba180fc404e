import type { CSSProperties } from 'react';
import { Link } from 'wouter';
import { useStore } from '../live/store.js';
import { inWords } from '../ui/durations.js';
import { zone } from '../ui/settings.js';
import { clockTime, type Zone } from '../ui/times.js';
import type { StepRowProps } from './step-row-props.js';
import { type Bar, barOf, secondsInto } from './timeline.js';
import styles from './timeline.module.css';
import type { Earlier } from './usual.js';

/** A step's part of the timeline: earlier runs, what is expected, what was, and where it failed first. */
export function Lane(props: StepRowProps) {
  const { step, look, startedAt, completedAt, earlier, expectedFrom, expectedTo, failedAt, isRecovered, href } = props;
  const inZone = useStore(zone);
  const bar = barOf(step, look, { startedAt, completedAt });
  const mark = failedAt === undefined ? null : secondsInto({ startedAt }, failedAt);
  return (
    <Link href={href} className={styles.lane} tabIndex={-1} aria-hidden="true" data-tip={tip(props, bar, inZone)}>
      {earlier && (
        <>
          <span className={styles.whisker} style={span(earlier.ghost.earliest, earlier.ghost.latest)} />
          <span className={styles.ghost} style={span(earlier.ghost.start, earlier.ghost.end)} />
        </>
      )}
      {expectedFrom !== undefined && expectedTo !== undefined && (
        <span className={styles.expected} style={span(expectedFrom, expectedTo)} />
      )}
      {bar && <Own bar={bar} look={look} />}
      {mark !== null && (
        <span className={`${styles.mark} ${isRecovered ? styles.recovered : ''}`} style={span(mark, mark)} />
      )}
    </Link>
  );
}

function Own({ bar: { start, end, silentFrom }, look }: { bar: Bar; look: StepRowProps['look'] }) {
  const moves = look === 'running' || look === 'failing' ? ' moving' : '';
  const whole = end === null ? open(start) : span(start, end);
  return (
    <>
      <span
        className={`${styles.own} ${styles[look] ?? ''}${moves} ${end === null ? styles.open : ''}`}
        style={whole}
      />
      {silentFrom !== null && (
        <span
          className={`${styles.own} ${styles.silent} ${styles[look] ?? ''} ${end === null ? styles.open : ''}`}
          style={end === null ? open(silentFrom) : span(silentFrom, end)}
        />
      )}
    </>
  );
}

const span = (start: number, end: number) => ({ '--s': start, '--e': end }) as CSSProperties;

/** Up to now. */
const open = (start: number) => ({ '--s': start, '--e': 'var(--now)' }) as CSSProperties;

/** The times in words, and what earlier runs say. */
function tip({ step, look, earlier }: StepRowProps, bar: Bar | null, zone: Zone): string {
  const at = (time: number) => clockTime(time, zone);
  const parts: string[] = [];
  if (step.startedAt === null) parts.push('has not begun');
  else {
    const start = Date.parse(step.startedAt);
    parts.push(`began ${at(start)}`);
    if (bar && bar.end !== null)
      parts.push(`${look === 'failed' ? 'last report' : 'ended'} ${at(start + (bar.end - bar.start) * 1_000)}`);
    else parts.push(step.lastReportAt === null ? 'no report yet' : `last report ${at(Date.parse(step.lastReportAt))}`);
  }
  if (earlier) parts.push(usually(earlier));
  return parts.join(' · ');
}

function usually({ usual: { median, least, most, runs } }: Earlier): string {
  const range = runs > 1 ? ` (${inWords(least * 1_000)} to ${inWords(most * 1_000)} in ${runs} runs)` : ' (1 run)';
  return `usually ${inWords(median * 1_000)}${range}`;
}
