import type { Event, Step } from 'stepcast/client';
import { Link } from 'wouter';
import { useStore } from '../live/store.js';
import { readUnit, type UnitReports } from '../live/unit-reports.js';
import { useLive } from '../live/use-live.js';
import { CopyButton } from '../ui/copy-button.js';
import { inWords } from '../ui/durations.js';
import { gist } from '../ui/gist.js';
import { LookIcon } from '../ui/icon.js';
import { Sheet } from '../ui/sheet.js';
import { shown } from '../ui/text.js';
import { Time } from '../ui/time.js';
import { Traceback } from '../ui/traceback.js';
import type { StepProps } from './step-props.js';
import styles from './unit-sheet.module.css';
import { many } from './unit-words.js';
import { useAgain } from './use-again.js';

export interface UnitSheetProps extends StepProps {
  /** The unit's name or id. */
  readonly unit: string;
  readonly onClose: () => void;
}

/** One unit: how it stands, and what was reported of it in all steps of the operation. */
export function UnitSheet({ step, unit, steps = [step], onClose }: UnitSheetProps) {
  const { clusterId, operationId } = step;
  const reading = useLive(
    () => readUnit({ clusterId, operationId, stepId: step.id, unit }),
    `${operationId} ${step.id} ${unit}`,
  );
  useAgain(reading, step.updatedAt);
  return (
    <Sheet title={<span dir="auto">{shown(unit)}</span>} onClose={onClose}>
      {reading && <Reports reading={reading} steps={steps} />}
    </Sheet>
  );
}

function Reports({ reading, steps }: { reading: ReturnType<typeof readUnit>; steps: readonly Step[] }) {
  const { answer, fault } = useStore(reading.store);
  if (!answer)
    return <p className="muted">{fault ? `It cannot be read: ${fault.message}` : 'Reading its reports …'}</p>;
  const { unit, events, isCut } = answer;
  const last = unit?.lastFailure ?? events.findLast(({ successful }) => !successful);
  return (
    <div className={styles.unit}>
      <Standing answer={answer} />
      {last && (
        <section>
          <h3>{unit?.state === 'FAILED' ? 'Why it stands failed' : 'Its last failure'}</h3>
          <Traceback text={last.eventInfo} label="Traceback">
            <ErrorId event={last} />
          </Traceback>
        </section>
      )}
      <section>
        <h3>Reports in this operation</h3>
        {isCut && <p className="muted">Only the newest are shown.</p>}
        {events.length === 0 && (
          <p className="muted">
            There are none in the log. Some time after a step has succeeded, the reports of its successes are erased.
          </p>
        )}
        <ol className={styles.reports}>
          {events.map((event, index) => (
            <Report key={event.id} event={event} before={events[index - 1]} steps={steps} />
          ))}
        </ol>
      </section>
      <div className="bar">
        <CopyButton text={() => asText(answer, steps)} label="these reports as text">
          Copy as text
        </CopyButton>
        <CopyButton text={() => JSON.stringify(events, null, 2)} label="these reports as JSON">
          Copy as JSON
        </CopyButton>
      </div>
    </div>
  );
}

const standing = {
  SUCCEEDED: { look: 'succeeded', words: 'done in this step' },
  FAILED: { look: 'failed', words: 'stands failed in this step' },
  REPLACED: { look: 'cancelled', words: 'replaced by another in this step' },
} as const;

function Standing({ answer: { unit } }: { answer: UnitReports }) {
  if (!unit) return <p className="muted">This step knows no unit of this name or id, or not any more.</p>;
  const { look, words } = standing[unit.state];
  return (
    <div>
      <p className={styles.standing}>
        <LookIcon look={look} /> <strong>{words}</strong> after {many(unit.reports, 'report')}, the last{' '}
        <Time at={unit.lastReportAt} isRelative />
      </p>
      <p className={styles.identity} dir="auto">
        {unit.nodeGroupId && <>node group {shown(unit.nodeGroupId)} </>}
        {unit.instanceId && (
          <>
            id <code>{shown(unit.instanceId)}</code> <CopyButton text={unit.instanceId} label="instance id" />
          </>
        )}
      </p>
    </div>
  );
}

function Report({ event, before, steps }: { event: Event; before: Event | undefined; steps: readonly Step[] }) {
  const since = before && Date.parse(event.occurredAt) - Date.parse(before.occurredAt);
  return (
    <li>
      <LookIcon look={event.successful ? 'succeeded' : 'failed'} label={outcome(event)} />
      <div>
        <p dir="auto">
          <strong>{stepName(event, steps)}</strong>
          {event.late && <span className="tag">late</span>}
        </p>
        <p className="muted">
          {outcome(event)} <Time at={event.occurredAt} isFocusable={false} />
          {since !== undefined && since >= 100 && `, ${inWords(since)} after the one before`}
        </p>
        {!event.successful && (
          <p className={styles.why} dir="auto">
            {gist(event.eventInfo)}
          </p>
        )}
        <ErrorId event={event} />
      </div>
    </li>
  );
}

const ErrorId = ({ event: { errorId } }: { event: Event }) =>
  errorId ? (
    <span className={styles.errorId}>
      error id <Link href={`/errors/${encodeURIComponent(errorId)}`}>{shown(errorId)}</Link>{' '}
      <CopyButton text={errorId} label="error id" />
    </span>
  ) : null;

const outcome = ({ successful, withdrawn }: Event) => (withdrawn ? 'withdrawn' : successful ? 'succeeded' : 'failed');

const stepName = ({ provisionStepId }: Event, steps: readonly Step[]): string =>
  shown(steps.find(({ id }) => id === provisionStepId)?.stepName ?? 'another step');

/** Its reports as lines of text, with whole tracebacks. */
function asText({ events }: UnitReports, steps: readonly Step[]): string {
  return events
    .map((event) =>
      [
        `${event.occurredAt} ${outcome(event)} ${stepName(event, steps)}`,
        event.errorId && `error id ${event.errorId}`,
        event.eventInfo && shown(event.eventInfo),
      ]
        .filter(Boolean)
        .join('\n'),
    )
    .join('\n\n');
}
