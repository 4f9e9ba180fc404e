import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import type { Operation, Step } from 'stepcast/client';
import { useSearch } from 'wouter';
import { addressOf } from '../address.js';
import type { Look } from '../ui/state.js';
import { AxisHead } from './axis-head.js';
import { FoldRow } from './fold-row.js';
import { Legend } from './legend.js';
import { rowsOf } from './rows.js';
import { Scale } from './scale.js';
import { keptParameters, type Select } from './select.js';
import { firstFailed, neighbour } from './selection.js';
import { StepRow } from './step-row.js';
import { barOf, expectations } from './timeline.js';
import styles from './timeline.module.css';
import type { Mark } from './use-causes.js';
import type { Earlier } from './usual.js';
import { whySkipped } from './words.js';

export interface StepsTableProps {
  readonly operation: Operation;
  readonly steps: readonly Step[];
  readonly looks: ReadonlyMap<string, Look>;
  readonly earlier: ReadonlyMap<string, Earlier>;
  /** When steps failed first, by their ids. */
  readonly marks: ReadonlyMap<string, Mark>;
  readonly selected: Step | null;
  readonly hideSucceeded: boolean;
  readonly onToggleHidden: () => void;
  readonly onSelect: Select;
}

/** The steps of an operation, each with its place in time. */
export function StepsTable(props: StepsTableProps) {
  const { operation, steps, looks, earlier, marks, selected, hideSucceeded, onToggleHidden, onSelect } = props;
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const body = useRef<HTMLTableSectionElement>(null);
  const search = keptParameters(useSearch());
  const { startedAt, completedAt } = operation;
  const bars = useMemo(
    () => steps.map((step) => barOf(step, looks.get(step.id) ?? 'planned', { startedAt, completedAt })),
    [steps, looks, startedAt, completedAt],
  );
  const ahead = useMemo(() => expectations(steps, looks, operation, earlier), [steps, looks, operation, earlier]);
  const ghosts = useMemo(
    () => [...earlier].flatMap(([id, { ghost }]) => (looks.get(id) === 'skipped' ? [] : [ghost.end])),
    [earlier, looks],
  );
  const rows = rowsOf(steps, looks, { hideSucceeded, unfolded, selected: selected?.id ?? null });
  const failed = firstFailed(steps, looks);
  const running = [...looks].findLast(
    ([, look]) => look === 'running' || look === 'failing' || look === 'stalled',
  )?.[0];
  const hidden = hideSucceeded ? steps.filter(({ id }) => looks.get(id) === 'succeeded').length : 0;
  const why = whySkipped(operation, failed);

  const move = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : null;
    const step = by && neighbour(steps, selected?.id ?? null, by);
    if (!step) return;
    event.preventDefault();
    onSelect(step, 'move');
    requestAnimationFrame(() => body.current?.querySelector<HTMLElement>('[aria-current=true]')?.focus());
  };

  return (
    <section className={styles.steps} aria-label="Steps">
      <Scale
        operation={operation}
        bars={bars}
        ahead={ahead}
        ghosts={ghosts}
        axis={(domain) => <AxisHead domain={domain} startedAt={startedAt} />}
      >
        <tbody ref={body} onKeyDown={move}>
          {rows.map((row) => {
            if (row.kind === 'fold')
              return (
                <FoldRow
                  key={row.steps[0]?.id}
                  look={row.look}
                  steps={row.steps}
                  operation={operation}
                  onUnfold={(id) => setUnfolded(new Set([...unfolded, id]))}
                />
              );
            const { step } = row;
            const span = ahead.spans.get(step.id);
            const ofStep = looks.get(step.id) === 'interrupted' ? undefined : marks.get(step.id);
            return (
              <StepRow
                key={step.id}
                step={step}
                look={looks.get(step.id) ?? 'planned'}
                startedAt={startedAt}
                completedAt={completedAt}
                earlier={looks.get(step.id) === 'skipped' ? undefined : earlier.get(step.id)}
                expectedFrom={span?.from}
                expectedTo={span?.to}
                href={addressOf({ id: step.clusterId, operation: operation.id, step: step.id }, search)}
                isSelected={step.id === selected?.id}
                isRunning={step.id === running}
                isFirstFailure={step.id === failed?.id}
                failedAt={ofStep?.at}
                isRecovered={ofStep?.isRecovered}
                whySkipped={why}
              />
            );
          })}
        </tbody>
      </Scale>
      <div className={styles.foot}>
        <Legend looks={looks} earlier={earlier} hasMarks={marks.size > 0} isRunning={operation.state === 'RUNNING'} />
        <label className={styles.switch}>
          <input type="checkbox" checked={hideSucceeded} onChange={onToggleHidden} /> Hide succeeded
          {hidden > 0 && ` (${hidden})`}
        </label>
      </div>
    </section>
  );
}
