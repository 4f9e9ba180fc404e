import type { LocatedFailure } from 'stepcast/client';
import { Link } from 'wouter';
import { ReportText } from '../log/report-text.js';
import { gist } from '../ui/gist.js';
import { LookIcon } from '../ui/icon.js';
import { shown } from '../ui/text.js';
import { Time } from '../ui/time.js';
import { addressOfEvent } from './destination.js';
import styles from './errors.module.css';

export interface FailureProps {
  readonly failure: LocatedFailure;
  /** Whether its cluster is still there, so that it can be shown where it happened. */
  readonly isThere: boolean;
  /** Whether its whole text is open from the beginning. */
  readonly isWhole: boolean;
}

/** One of the failures with an error id: where, when, and why. */
export function Failure({ failure, isThere, isWhole }: FailureProps) {
  const { cluster, step, nodeGroupId, instanceId, instanceName, occurredAt, eventInfo, late, withdrawn } = failure;
  const line = gist(eventInfo ?? '') || 'The reporter did not say why.';
  return (
    <article className={styles.failure}>
      <h2>
        <LookIcon look="failed" label="failed" />{' '}
        <span dir="auto">{isThere ? <Link href={addressOfEvent(failure)}>{line}</Link> : line}</span>
      </h2>
      <p className={styles.where}>
        <span dir="auto">{shown(cluster.name)}</span>
        {!isThere && <span className="tag">cluster deleted</span>}
        <span dir="auto">{shown(step.stepName)}</span>
        <span dir="auto">{shown(instanceName ?? instanceId ?? 'whole step')}</span>
        {nodeGroupId && <span dir="auto">{shown(nodeGroupId)}</span>}
        <Time at={occurredAt} />
        {late && <span className="tag">late</span>}
        {withdrawn && <span className="tag">withdrawn</span>}
      </p>
      {!isThere && (
        <p className="muted">Its cluster was deleted; this failure is kept until the retention time is over.</p>
      )}
      {isWhole || !isThere ? (
        <details open={isWhole}>
          <summary>What was reported</summary>
          <ReportText text={eventInfo} successful={false} />
        </details>
      ) : null}
    </article>
  );
}
