import { useEffect, useMemo, useRef } from 'react';
import type { Cluster, Operation, Step } from 'stepcast/client';
import { type Place, useParameter } from '../address.js';
import type { LiveCluster } from '../live/cluster.js';
import { StepPanel } from '../step/step-panel.js';
import { announce } from '../ui/announce.js';
import { LookIcon } from '../ui/icon.js';
import { Message } from '../ui/message.js';
import { lookWords } from '../ui/state-words.js';
import { shown } from '../ui/text.js';
import { happenings, type Told } from './announcements.js';
import { Heading } from './heading.js';
import styles from './operation-view.module.css';
import { Operations } from './operations.js';
import { looksOf } from './rows.js';
import { RunningPill } from './running-pill.js';
import { selectIn } from './select.js';
import { defaultStep } from './selection.js';
import { StepsTable } from './steps-table.js';
import { marksOf, useCauses } from './use-causes.js';
import { useEarlier } from './use-earlier.js';
import { useStepKeys } from './use-step-keys.js';
import { usualTotal } from './usual.js';

export interface OperationViewProps {
  readonly live: LiveCluster;
  readonly cluster: Cluster;
  readonly operation: Operation;
  /** The operation's, in order. */
  readonly steps: readonly Step[];
  readonly place: Place;
}

/** An operation, running or past: its headline, its steps on a timeline, and the selected step. */
export function OperationView({ live, cluster, operation, steps, place }: OperationViewProps) {
  const looks = useMemo(() => looksOf(steps, operation), [steps, operation]);
  const earlier = useEarlier(cluster.pluginName, operation.type, steps);
  const [hide, setHide] = useParameter('hide');
  const chosen = steps.find(({ id }) => id === place.step) ?? null;
  const selected = chosen ?? defaultStep(steps, looks);
  const select = selectIn(cluster.id, operation.id, chosen);
  const hideSucceeded = hide === 'succeeded';
  const toggleHidden = () => setHide(hideSucceeded ? null : 'succeeded', { replace: true });
  // Whoever does something with a step wants to keep it: it is not replaced by the next that runs.
  const keep = () => selected && !chosen && select(selected, 'keep');
  useStepKeys({ steps, looks, selected, select, toggleHidden });
  useAnnouncements(operation, steps, looks);
  const groups = useCauses(operation, steps);
  const marks = useMemo(() => marksOf(groups), [groups]);
  return (
    <>
      <Heading
        live={live}
        cluster={cluster}
        operation={operation}
        steps={steps}
        usual={usualTotal(steps, earlier)}
        selected={selected}
        groups={groups.filter(({ sample }) => looks.get(sample.provisionStepId) !== 'interrupted')}
      />
      <Operations live={live} cluster={cluster} shown={operation} />
      {place.step && !chosen && <NoStep id={place.step} instead={selected} />}
      {steps.length === 0 ? (
        <NoSteps isRunning={operation.state === 'RUNNING'} />
      ) : (
        <StepsTable
          operation={operation}
          steps={steps}
          looks={looks}
          earlier={earlier}
          marks={marks}
          selected={selected}
          hideSucceeded={hideSucceeded}
          onToggleHidden={toggleHidden}
          onSelect={select}
        />
      )}
      {chosen && <RunningPill steps={steps} looks={looks} chosen={chosen} onSelect={select} />}
      {selected && (
        <section className={styles.panel} aria-label="Selected step" onPointerDownCapture={keep} onFocusCapture={keep}>
          <h2 className={styles.step} dir="auto">
            <LookIcon
              look={looks.get(selected.id) ?? 'planned'}
              label={lookWords[looks.get(selected.id) ?? 'planned']}
            />
            <span className="muted">{selected.position + 1}</span>
            <span>{shown(selected.stepName)}</span>
          </h2>
          <StepPanel cluster={cluster} step={selected} operation={operation} steps={steps} />
        </section>
      )}
    </>
  );
}

/** The address is that of a step which the operation does not have (any more); another one is shown. */
const NoStep = ({ id, instead }: { id: string; instead: Step | null }) => (
  <Message title="This operation has no step with this id">
    <p>
      <code dir="auto">{shown(id)}</code> is not there, or was taken out of the plan.
      {instead && (
        <>
          {' '}
          Shown instead: <span dir="auto">{shown(instead.stepName)}</span>.
        </>
      )}
    </p>
  </Message>
);

/** Tells screen readers what happens. */
function useAnnouncements(operation: Operation, steps: readonly Step[], looks: Told['looks']): void {
  const before = useRef<Told>({ operation: null, steps: [], looks: new Map() });
  useEffect(() => {
    const now = { operation, steps, looks };
    for (const sentence of happenings(before.current, now)) announce(sentence);
    before.current = now;
  }, [operation, steps, looks]);
}

const NoSteps = ({ isRunning }: { isRunning: boolean }) =>
  isRunning ? (
    <Message title="No steps are planned yet">
      <p>This operation began without a plan: its steps appear here as its reporter finds them.</p>
    </Message>
  ) : (
    <Message title="This operation had no steps">
      <p>It ended before any step was planned.</p>
    </Message>
  );
