import { useState } from 'react';
import type { StepUnit } from 'stepcast/client';
import { client } from '../live/client.js';
import { Reading } from '../live/reading.js';
import { useStore } from '../live/store.js';
import { useLive } from '../live/use-live.js';
import { gist } from '../ui/gist.js';
import { Time } from '../ui/time.js';
import type { StepProps } from './step-props.js';
import { UnitLink } from './unit-link.js';
import { inFigures, nameOf, notReported } from './unit-words.js';
import styles from './units.module.css';
import { useAgain } from './use-again.js';

/** How many of those that wait are named. */
const most = 10;

const open = (stepId: string): Reading<readonly StepUnit[]> =>
  new Reading(async () => {
    const page = { stepId, filter: { state: 'FAILED', nodeGroupId: null, text: null }, first: most } as const;
    return (await client.units({ ...page, orderBy: 'LAST_REPORT_OLDEST_FIRST' })).nodes;
  });

/** Whether there is room for the list beside the units. */
const isWide = (): boolean => matchMedia('(width >= 1100px)').matches;

/** What the step waits for, as far as that is known: units that failed have names, those that never reported do not. */
export function Waiting(props: StepProps) {
  const { step, operation } = props;
  const isOver = operation !== undefined && operation.state !== 'RUNNING';
  if (step.state !== 'RUNNING' && step.state !== 'FAILED') return null;
  const missing = isOver ? 0 : (notReported(step) ?? 0);
  if (missing === 0 && step.failed === 0) return null;
  return (
    <aside className={styles.aside} aria-label="What is waited for">
      {missing > 0 && (
        <p className={styles.note}>
          {inFigures(missing)} {missing === 1 ? 'unit has' : 'units have'} not reported yet. Which ones is known only
          once they report
          {step.lastReportAt && (
            <>
              ; last report: <Time at={step.lastReportAt} isRelative />
            </>
          )}
          .
        </p>
      )}
      {step.failed > 0 && <Failed {...props} isOver={isOver} />}
    </aside>
  );
}

function Failed({ step, isOver }: StepProps & { isOver: boolean }) {
  const reading = useLive(open, step.id);
  useAgain(reading, step.updatedAt);
  return reading && <Listed reading={reading} failed={step.failed} isOver={isOver} />;
}

function Listed(props: { reading: ReturnType<typeof open>; failed: number; isOver: boolean }) {
  const { reading, failed, isOver } = props;
  const units = useStore(reading.store, ({ answer }) => answer);
  const [isOpen] = useState(isWide);
  if (!units || units.length === 0) return null;
  return (
    <details className={styles.waiting} open={isOpen}>
      <summary>
        {isOver ? 'Left failed' : 'Failed, waiting to be tried again'}
        {failed > units.length && <span className="muted"> (the {units.length} that have waited longest)</span>}
      </summary>
      <ul>
        {units.map((unit) => (
          <li key={unit.key}>
            <span className={styles.who}>
              <UnitLink unit={unit.instanceName ?? unit.instanceId ?? ''}>{nameOf(unit)}</UnitLink>
            </span>
            <span className={styles.since}>
              <Time at={unit.lastReportAt} isRelative={!isOver} isFocusable={false} />
              {unit.reports > 1 && `, attempt ${inFigures(unit.reports)}`}
            </span>
            <span className={styles.why} dir="auto">
              {gist(unit.lastFailure?.eventInfo)}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
