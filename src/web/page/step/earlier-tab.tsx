import type { StepRun } from 'stepcast/client';
import { Link } from 'wouter';
import { addressOf } from '../address.js';
import { client } from '../live/client.js';
import { useNow } from '../live/clock.js';
import { Reading } from '../live/reading.js';
import { useStore } from '../live/store.js';
import { useLive } from '../live/use-live.js';
import { inWords } from '../ui/durations.js';
import { LookIcon } from '../ui/icon.js';
import { lookOf } from '../ui/state.js';
import { Time } from '../ui/time.js';
import { median, usually } from './earlier.js';
import styles from './earlier.module.css';
import type { StepProps } from './step-props.js';
import { inFigures } from './unit-words.js';
import { useAgain } from './use-again.js';

/** How many runs are compared. */
const most = 20;

/** How long the step took in earlier runs of the same plugin and type of operation, and how long it takes in this one. */
export function EarlierTab(props: StepProps) {
  const { cluster, step } = props;
  const { stepName, stepType } = step;
  const reading = useLive(
    () =>
      new Reading<readonly StepRun[]>(() =>
        // One more: the run that is shown may be among them.
        client.stepHistory({ pluginName: cluster.pluginName ?? null, type: stepType, stepName, first: most + 1 }),
      ),
    step.id,
  );
  useAgain(reading, step.state);
  return reading && <Runs {...props} reading={reading} />;
}

function Runs({ cluster, step, operation, steps = [], reading }: StepProps & { reading: Reading<readonly StepRun[]> }) {
  const { answer, fault } = useStore(reading.store);
  const now = useNow();
  if (!answer)
    return <p className="muted">{fault ? `They cannot be read: ${fault.message}` : 'Reading earlier runs …'}</p>;
  const runs = answer.filter(({ operationId }) => operationId !== step.operationId).slice(0, most);
  if (runs.length === 0)
    return (
      <p className="muted">
        There is no earlier run of this step
        {cluster.pluginName ? ` with the plugin ${cluster.pluginName}` : ' on a cluster without a plugin'} to compare it
        with.
      </p>
    );
  const isFollowed = steps.some(({ position, startedAt }) => position > step.position && startedAt !== null);
  const look = lookOf(step, operation, isFollowed);
  const isRunning = look === 'running' || look === 'failing' || look === 'stalled';
  const ran = step.startedAt && now !== null ? now - Date.parse(step.startedAt) : null;
  const duration = isRunning ? ran : step.duration;
  const middle = median(runs.flatMap((run) => (run.successful ? run.duration : [])));
  return (
    <div className={styles.earlier}>
      <p className={styles.sentence}>
        {usually(runs, duration, isRunning)}
        {middle !== null && runs.length > 2 && middle >= 1_000 && ` Half of them took less than ${inWords(middle)}.`}
      </p>
      <Chart runs={runs} duration={duration} middle={middle} />
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Began</th>
            <th scope="col">Duration</th>
            <th scope="col">Units</th>
            <th scope="col">Outcome</th>
          </tr>
        </thead>
        <tbody>
          {step.startedAt && (
            <tr className={styles.present}>
              <th scope="row">
                this run, <Time at={step.startedAt} isFocusable={false} />
              </th>
              <td>{duration === null ? '' : inWords(duration)}</td>
              <td>{inFigures(step.total ?? step.completed + step.failed)}</td>
              <td>
                <LookIcon look={look} /> {look}
              </td>
            </tr>
          )}
          {runs.map((run) => (
            <tr key={run.operationId}>
              <th scope="row">
                <Link href={addressOf({ id: run.clusterId, operation: run.operationId })}>
                  <Time at={run.startedAt} isFocusable={false} />
                </Link>
              </th>
              <td>{inWords(run.duration)}</td>
              <td>{run.total === null || run.total === undefined ? 'not known' : inFigures(run.total)}</td>
              <td>
                <LookIcon look={run.successful ? 'succeeded' : 'failed'} /> {run.successful ? 'succeeded' : 'failed'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface ChartProps {
  readonly runs: readonly StepRun[];
  readonly duration: number | null;
  readonly middle: number | null;
}

/** The durations as bars, oldest first, this run last; the table says the same. */
function Chart({ runs, duration, middle }: ChartProps) {
  const longest = Math.max(1, duration ?? 0, ...runs.map((run) => run.duration));
  const height = (milliseconds: number) => `${(100 * milliseconds) / longest}%`;
  return (
    <div className={styles.chart} style={{ maxWidth: `${2.6 * (runs.length + 1)}rem` }} aria-hidden="true">
      <div className={styles.bars}>
        {middle !== null && (
          <span className={styles.median} style={{ bottom: height(middle) }}>
            <span>median {inWords(middle)}</span>
          </span>
        )}
        {runs.toReversed().map((run) => (
          <span
            key={run.operationId}
            className={run.successful ? styles.bar : `${styles.bar} ${styles.failed}`}
            style={{ height: height(run.duration) }}
            data-tip={`${inWords(run.duration)}, ${run.successful ? 'succeeded' : 'failed'}`}
          />
        ))}
        {duration !== null && (
          <span
            className={`${styles.bar} ${styles.now}`}
            style={{ height: height(duration) }}
            data-tip={`this run: ${inWords(duration)}`}
          />
        )}
      </div>
      <p className={styles.axis}>
        <span>oldest</span>
        <span>{duration === null ? 'newest' : 'this run'}</span>
      </p>
    </div>
  );
}
