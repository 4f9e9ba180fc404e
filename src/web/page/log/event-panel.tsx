import { ChevronDown, ChevronUp } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import type { Event } from 'stepcast/client';
import { Link } from 'wouter';
import { useParameter } from '../address.js';
import { client } from '../live/client.js';
import { CopyButton } from '../ui/copy-button.js';
import { LookIcon } from '../ui/icon.js';
import { Sheet } from '../ui/sheet.js';
import { shown } from '../ui/text.js';
import { whole } from '../ui/times.js';
import styles from './event-panel.module.css';
import { ReportText } from './report-text.js';

export interface EventPanelProps {
  readonly id: string;
  /** Undefined: it is not among the rows that are held. */
  readonly event: Event | undefined;
  readonly stepName: string | undefined;
  readonly onClose: () => void;
  /** To the next or the previous row. */
  readonly onMove: (by: 1 | -1) => void;
}

/** The whole of an event. */
export function EventPanel({ id, event: held, stepName, onClose, onMove }: EventPanelProps) {
  const read = useEvent(id, held !== undefined);
  const event = held ?? (read === 'none' ? undefined : read);
  return (
    <Sheet title={titleOf(event, read)} onClose={onClose}>
      {event ? (
        <>
          <div className="bar">
            <button type="button" className="button" onClick={() => onMove(-1)} data-tip="Previous row (k)">
              <ChevronUp size={14} aria-hidden="true" /> Previous
            </button>
            <button type="button" className="button" onClick={() => onMove(1)} data-tip="Next row (j)">
              <ChevronDown size={14} aria-hidden="true" /> Next
            </button>
            <CopyButton text={() => location.href} label="link to this event">
              Link
            </CopyButton>
          </div>
          {event.late && <p className={styles.note}>It came late: its step was closed, so it moved no counter.</p>}
          {event.withdrawn && (
            <p className={styles.note}>
              It was withdrawn: the interruption it tells of proved wrong, and it counts no more.
            </p>
          )}
          <div className={styles.report}>
            <ReportText key={event.id} text={event.eventInfo} successful={event.successful} />
          </div>
          <Facts event={event} stepName={stepName} />
        </>
      ) : (
        <p>
          {read === 'none'
            ? 'There is no such event any more: reports of steps that succeeded are erased after a while, and everything after the retention time.'
            : 'Reading …'}
        </p>
      )}
    </Sheet>
  );
}

function titleOf(event: Event | undefined, read: Event | 'none' | undefined): ReactNode {
  if (!event) return read === 'none' ? 'Event not found' : 'Event';
  const instance = event.instanceName ?? event.instanceId ?? 'the whole step';
  return (
    <>
      <LookIcon look={event.successful ? 'succeeded' : 'failed'} /> {event.successful ? 'Succeeded' : 'Failed'}:{' '}
      <span dir="auto">{shown(instance)}</span>
    </>
  );
}

/** An event that is not held, as the server has it. */
function useEvent(id: string, isHeld: boolean): Event | 'none' | undefined {
  const [read, setRead] = useState<{ id: string; event: Event | 'none' } | null>(null);
  useEffect(() => {
    if (isHeld) return;
    let isWanted = true;
    client.event(id).then(
      (event) => isWanted && setRead({ id, event: event ?? 'none' }),
      () => isWanted && setRead(null),
    );
    return () => {
      isWanted = false;
    };
  }, [id, isHeld]);
  return read?.id === id ? read.event : undefined;
}

function Facts({ event, stepName }: Pick<EventPanelProps, 'stepName'> & { event: Event }) {
  const { nodeGroupId, instanceId, instanceName, errorId, occurredAt, createdAt } = event;
  return (
    <dl className={styles.facts}>
      {errorId !== null && (
        <Fact name="Error id" value={errorId}>
          <Link href={`/errors/${encodeURIComponent(errorId)}`}>all with this id</Link>
        </Fact>
      )}
      {instanceName !== null && (
        <Fact name="Instance" value={instanceName}>
          {instanceId === null && <Narrow what="this instance" parameter="instanceName" value={instanceName} />}
        </Fact>
      )}
      {instanceId !== null && (
        <Fact name="Instance id" value={instanceId}>
          <Narrow what="this instance" parameter="instance" value={instanceId} />
        </Fact>
      )}
      {nodeGroupId !== null && (
        <Fact name="Node group" value={nodeGroupId}>
          <Narrow what="this node group" parameter="nodeGroup" value={nodeGroupId} />
        </Fact>
      )}
      {stepName !== undefined && <Fact name="Step" value={stepName} />}
      <Fact name="Happened" value={whole(Date.parse(occurredAt))} />
      {occurredAt !== createdAt && <Fact name="Reported" value={whole(Date.parse(createdAt))} />}
      <Fact name="Event id" value={event.id} />
    </dl>
  );
}

const Fact = ({ name, value, children }: { name: string; value: string; children?: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>
      <span dir="auto">{shown(value)}</span> <CopyButton text={value} label={name.toLowerCase()} /> {children}
    </dd>
  </div>
);

/** Has the log show no other events. */
function Narrow({ what, parameter, value }: { what: string; parameter: string; value: string }) {
  const [chosen, choose] = useParameter(parameter);
  if (chosen === value) return null;
  return (
    <button type="button" className="link-button" onClick={() => choose(value)}>
      only {what}
    </button>
  );
}
