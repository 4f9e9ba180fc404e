import { Grid2x2, Table } from 'lucide-react';
import { useParameter } from '../address.js';
import { useStore } from '../live/store.js';
import { LiveUnits } from '../live/units.js';
import { useLive } from '../live/use-live.js';
import { useKeys } from '../ui/keys.js';
import { Cells } from './cells/cells.js';
import { Counts } from './counts.js';
import type { StepProps } from './step-props.js';
import { UnitTable } from './unit-table.js';
import { notReported } from './unit-words.js';
import styles from './units.module.css';
import { useLasting } from './use-lasting.js';
import { Waiting } from './waiting.js';

/** With fewer units than this, a table says more than cells. */
const few = 50;

const open = (stepId: string) => new LiveUnits(stepId);

/** A step's units as they stand: counts, those that wait, and each of them, as cells or in a table (`?view=`). */
export function UnitsTab(props: StepProps) {
  const { step } = props;
  const units = useLive(open, step.id);
  const [chosen, choose] = useParameter('view');
  const expected = step.total ?? step.completed + step.failed;
  const initial = expected < few ? 'table' : 'cells';
  const view = chosen === 'table' || chosen === 'cells' ? chosen : initial;
  const show = (view: 'table' | 'cells') => choose(view === initial ? null : view, { replace: true });
  useKeys({ u: () => show(view === 'table' ? 'cells' : 'table') }, 'units as cells or as a table');
  if (step.state === 'SKIPPED')
    return <p className="muted">This step was skipped: its operation ended before it began.</p>;
  if (step.startedAt === null && expected === 0)
    return <p className="muted">This step has not begun. How many units it will have is not known.</p>;
  if (step.total === 0) return <p className="muted">This step has no units: there is nothing to do.</p>;
  return (
    <div className={styles.units}>
      <div className={styles.head}>
        <Counts {...props} />
        <fieldset className={styles.views} aria-label="Show units as">
          <ViewButton isOn={view === 'cells'} onClick={() => show('cells')} icon={Grid2x2} label="Cells" />
          <ViewButton isOn={view === 'table'} onClick={() => show('table')} icon={Table} label="Table" />
        </fieldset>
      </div>
      <div className={styles.body}>
        <div>{units && <Board {...props} units={units} view={view} />}</div>
        <Waiting {...props} />
      </div>
    </div>
  );
}

interface ViewButtonProps {
  readonly isOn: boolean;
  readonly onClick: () => void;
  readonly icon: typeof Table;
  readonly label: string;
}

const ViewButton = ({ isOn, onClick, icon: Icon, label }: ViewButtonProps) => (
  <button type="button" className="button" aria-pressed={isOn} onClick={onClick}>
    <Icon size={14} aria-hidden="true" /> {label}
  </button>
);

interface BoardProps extends StepProps {
  readonly units: LiveUnits;
  readonly view: 'table' | 'cells';
}

/** The units themselves, once they are known. */
function Board(props: BoardProps) {
  const { units } = props;
  const isComplete = useStore(units.store, ({ isComplete }) => isComplete);
  const fault = useStore(units.store, ({ fault }) => fault);
  if (isComplete) return <Known {...props} />;
  if (!fault) return <p className="muted">Reading units …</p>;
  if (fault.code === 'LIMIT_EXCEEDED' && !fault.retryable)
    return (
      <p>
        This step has too many units to be shown one by one. Their counts above, what is waited for, and the causes of
        failures are complete.
      </p>
    );
  return <p>Units cannot be read: {fault.message}</p>;
}

function Known({ step, operation, units, view }: BoardProps) {
  const count = useStore(units.store, () => units.board.count);
  const isErased = useLasting(step.state === 'SUCCEEDED' && count < step.completed, true);
  // The step's own failure is no unit.
  const isUnnamed = useLasting(!isErased && count < step.completed + step.failed - 1);
  return (
    <>
      {isErased && (
        <p className="muted">
          Some time after a step has succeeded, what was known of its units is erased, except of those that had failed.
          The counts above stay.
        </p>
      )}
      {isUnnamed && (
        <p className="muted">
          Not every report named an instance: those that did not are counted, and are not listed here.
        </p>
      )}
      {count === 0 && step.completed + step.failed === 0 && <p className="muted">No unit has reported yet.</p>}
      {view === 'cells' && (count > 0 || (notReported(step) ?? 0) > 0) && !isErased && (
        <Cells units={units} step={step} operation={operation} />
      )}
      {(view === 'table' || isErased) && count > 0 && <UnitTable units={units} step={step} />}
    </>
  );
}
