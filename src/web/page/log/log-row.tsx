// biome-ignore-all lint/a11y/useSemanticElements: rows that are placed one by one make no table of a browser's.
import { memo } from 'react';
import type { Event } from 'stepcast/client';
import { gist } from '../ui/gist.js';
import { LookIcon } from '../ui/icon.js';
import { shown } from '../ui/text.js';
import { clockTime, whole, type Zone } from '../ui/times.js';
import styles from './log.module.css';

export interface LogRowProps {
  readonly event: Event;
  /** Pixels from the top. */
  readonly top: number;
  readonly height: number;
  /** Its place among the rows that are held, from 1. */
  readonly index: number;
  /** The name of its step, where several steps are shown. */
  readonly stepName: string | undefined;
  readonly isSelected: boolean;
  readonly isFocusable: boolean;
  readonly zone: Zone;
}

/** One event in a line: its whole text is in the panel. */
export const LogRow = memo(({ event, top, height, index, stepName, isSelected, isFocusable, zone }: LogRowProps) => {
  const { id, successful, late, withdrawn, errorId, eventInfo, nodeGroupId, occurredAt } = event;
  const instance = event.instanceName ?? event.instanceId;
  const time = Date.parse(occurredAt);
  return (
    <div
      role="row"
      aria-rowindex={index + 1}
      aria-selected={isSelected}
      data-event={id}
      tabIndex={isFocusable ? 0 : -1}
      className={`${styles.row} ${successful ? '' : styles.failure} ${withdrawn ? styles.withdrawn : ''}`}
      style={{ top, height }}
    >
      <span role="cell" className={styles.time}>
        <time dateTime={occurredAt} data-tip={whole(time)}>
          {clockTime(time, zone)}
        </time>
      </span>
      <span role="cell" className={styles.outcome}>
        <LookIcon look={successful ? 'succeeded' : 'failed'} /> <span>{successful ? 'succeeded' : 'failed'}</span>
      </span>
      {stepName !== undefined && (
        <span role="cell" dir="auto" className={styles.step}>
          {shown(stepName)}
        </span>
      )}
      <span role="cell" dir="auto" className={styles.group}>
        {shown(nodeGroupId ?? '')}
      </span>
      <span role="cell" dir="auto" className={styles.instance}>
        {instance === null ? <i>whole step</i> : shown(instance)}
      </span>
      <span role="cell" dir="auto" className={styles.info}>
        {late && <span className={styles.mark}>late</span>}
        {withdrawn && <span className={styles.mark}>withdrawn</span>}
        <span className={styles.line}>{gist(eventInfo ?? '')}</span>
      </span>
      <span role="cell" className={styles.error} dir="auto">
        {errorId === null ? '' : shown(errorId)}
      </span>
    </div>
  );
});
