import { useMemo, useState } from 'react';
import type { ErrorGroup } from 'stepcast/client';
import { useParameter } from '../address.js';
import type { Failures, readFailures } from '../live/failures.js';
import { useStore } from '../live/store.js';
import { useKeys } from '../ui/keys.js';
import { Cause } from './cause.js';
import styles from './failures.module.css';
import { failuresOf, isOfStep } from './match-cause.js';
import type { StepProps } from './step-props.js';
import { inFigures, many } from './unit-words.js';

export interface FailuresProps extends StepProps {
  readonly reading: ReturnType<typeof readFailures>;
}

/** Why units of the step failed, cause by cause: those that stand failed, then those that were mended. */
export function FailuresTab({ step, reading }: FailuresProps) {
  const { answer, fault } = useStore(reading.store);
  useKeys(keys, 'traceback of the next, previous cause');
  if (!answer)
    return <p className="muted">{fault ? `Failures cannot be read: ${fault.message}` : 'Reading failures …'}</p>;
  if (answer.groups.length === 0)
    return <p className="muted">No unit of this step has failed{step.state === 'RUNNING' ? ' so far' : ''}.</p>;
  return <Causes step={step} failures={answer} />;
}

function Causes({ step, failures }: { step: StepProps['step']; failures: Failures }) {
  const byCause = useMemo(() => failuresOf(failures.groups, failures.newest), [failures]);
  const [seen] = useState(new Set<string>());
  for (const { id } of failures.groups) seen.add(id);
  // Causes keep their places while somebody reads: new ones come last.
  const groups = [...seen].flatMap((id) => failures.groups.find((group) => group.id === id) ?? []);
  const standing = groups.filter(({ recovered }) => !recovered);
  const recovered = groups.filter((group) => group.recovered);
  const [named] = useParameter('cause');
  const of = (group: (typeof failures.groups)[number]) => ({ group, failures: byCause.get(group.id) ?? [], step });
  return (
    <div className={styles.causes}>
      <p className={styles.headline}>{headline(standing)}</p>
      {standing.map((group, index) => (
        <Cause key={group.id} {...of(group)} isOpen={index === 0} />
      ))}
      {recovered.length > 0 && (
        <details className={styles.recovered} open={recovered.some(({ id }) => id === named)}>
          <summary>
            {many(recovered.length, 'cause')} recovered:{' '}
            {inFigures(recovered.reduce((sum, { count }) => sum + count, 0))} failed attempts, after which the units
            were done or replaced
          </summary>
          {recovered.map((group) => (
            <Cause key={group.id} {...of(group)} isOpen={false} />
          ))}
        </details>
      )}
    </div>
  );
}

/** How much stands failed. */
function headline(standing: readonly ErrorGroup[]): string {
  const units = standing.reduce((sum, group) => sum + (isOfStep(group) ? 0 : group.units), 0);
  const isStep = standing.some(isOfStep);
  const causes = `of ${many(standing.length, 'cause')}`;
  if (units === 0) return isStep ? 'The step as a whole failed' : 'No unit stands failed any more';
  const words = `${many(units, 'unit')} ${units === 1 ? 'stands' : 'stand'} failed`;
  return isStep ? `${words}, and the step as a whole, ${causes}` : `${words}, ${causes}`;
}

/** Moves the focus to the traceback of the next cause, or of the one before; after the last comes the first. */
function focusCause(by: 1 | -1): void {
  const causes = [...document.querySelectorAll<HTMLElement>('[data-cause]')].filter((cause) => cause.checkVisibility());
  const at = causes.findIndex((cause) => cause.contains(document.activeElement));
  const next = causes.at(at < 0 ? Math.min(0, by) : (at + by) % causes.length);
  next?.querySelector('details')?.setAttribute('open', '');
  next?.querySelector('pre')?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}

const keys = { c: () => focusCause(1), C: () => focusCause(-1) };
