import { type CSSProperties, memo } from 'react';
import type { Step } from 'stepcast/client';
import { Link } from 'wouter';
import { LookIcon } from '../ui/icon.js';
import type { Look } from '../ui/state.js';
import { lookWords } from '../ui/state-words.js';
import { shown } from '../ui/text.js';
import { Elapsed } from './elapsed.js';
import { Lane } from './lane.js';
import type { StepRowProps } from './step-row-props.js';
import styles from './timeline.module.css';
import { counts, nameOf } from './words.js';

/** A step: its name, its place in time, how it stands, how long it took. The whole row selects it. */
export const StepRow = memo((props: StepRowProps) => {
  const { step, look, href, isSelected, isRunning, isFirstFailure, whySkipped } = props;
  const counted = counts(step, look);
  return (
    <tr
      className={styles.row}
      data-selected={isSelected ? '' : undefined}
      data-look={look}
      aria-current={isRunning ? 'step' : undefined}
    >
      <th scope="row" className={styles.name}>
        <LookIcon look={look} />
        <span className={styles.position}>{step.position + 1}</span>
        <Link
          href={href}
          className={styles.link}
          aria-current={isSelected ? 'true' : undefined}
          tabIndex={isSelected ? 0 : -1}
          dir="auto"
          title={step.stepName.length > 40 ? shown(step.stepName) : undefined}
        >
          {nameOf(step, 300)}
        </Link>
        <span className={`tag ${styles.source}`} dir="auto">
          {shown(step.source)}
        </span>
      </th>
      <td className={styles.area}>
        <Lane {...props} />
        {look === 'skipped' && <span className={styles.note}>not started: {whySkipped}</span>}
      </td>
      <td className={styles.state}>
        <span className={styles.word}>{lookWords[look]}</span>
        {isFirstFailure && <span className={`tag failed ${styles.first}`}>first failure</span>}
        {counted !== null && <span className={styles.counts}>{counted}</span>}
        <Share step={step} look={look} />
      </td>
      <td className={styles.duration}>
        <Elapsed step={step} look={look} usual={props.earlier?.usual} />
      </td>
    </tr>
  );
});

/** How much of a step that goes on is done: a track of its own, since the bar is time and nothing else. */
function Share({ step: { completed, failed, total }, look }: { step: Step; look: Look }) {
  if (total === null || total < 2 || (look !== 'running' && look !== 'failing' && look !== 'stalled')) return null;
  const share = { '--done': completed / total, '--bad': Math.min(1, failed / total) } as CSSProperties;
  return <span className={styles.share} style={share} aria-hidden="true" />;
}
