import type { Cluster, Operation } from 'stepcast/client';
import { Link } from 'wouter';
import { addressOf } from '../address.js';
import type { LiveCluster } from '../live/cluster.js';
import { OperationPages } from '../live/operations.js';
import { useStore } from '../live/store.js';
import { useLive } from '../live/use-live.js';
import { inWords } from '../ui/durations.js';
import { LookIcon } from '../ui/icon.js';
import { operationLook } from '../ui/state.js';
import { doing, lookWords } from '../ui/state-words.js';
import { firstLine } from '../ui/text.js';
import { Time } from '../ui/time.js';
import styles from './operations.module.css';

export interface OperationsProps {
  readonly live: LiveCluster;
  readonly cluster: Cluster;
  /** The one whose steps are shown. */
  readonly shown: Operation;
}

const open = (id: string) => new OperationPages(id);

/** The cluster's operations, newest first. Of one that is not the newest, that it is not. */
export function Operations({ live, cluster, shown }: OperationsProps) {
  const followed = useStore(live.store, ({ operations }) => operations);
  const newest = followed.at(-1);
  if (!newest || newest.number === 1) return null;
  return (
    <div className={styles.operations}>
      {shown.id !== newest.id && (
        <p className={styles.past}>
          This is operation {shown.number}, an earlier one.{' '}
          <Link href={addressOf({ id: cluster.id })}>
            {doing[newest.type]}, the newest,{' '}
            {newest.state === 'RUNNING' ? 'is running' : lookWords[operationLook(newest)]}
          </Link>
        </p>
      )}
      <details>
        <summary>
          Operation {shown.number} of {newest.number}
        </summary>
        <List followed={followed} cluster={cluster} shown={shown} />
      </details>
    </div>
  );
}

function List({ followed, cluster, shown }: Omit<OperationsProps, 'live'> & { followed: readonly Operation[] }) {
  const pages = useLive(open, cluster.id);
  return pages ? <Rows pages={pages} followed={followed} cluster={cluster} shown={shown} /> : null;
}

function Rows({
  pages,
  followed,
  cluster,
  shown,
}: Omit<OperationsProps, 'live'> & { pages: OperationPages; followed: readonly Operation[] }) {
  const { operations, isReading, fault } = useStore(pages.store);
  const oldest = followed[0]?.number ?? 1;
  const all = [...followed.toReversed(), ...operations.filter(({ number }) => number < oldest)];
  const isComplete = (all.at(-1)?.number ?? 1) <= 1;
  return (
    <>
      <ul className={styles.list}>
        {all.map((operation) => (
          <li key={operation.id}>
            <Row operation={operation} clusterId={cluster.id} isShown={operation.id === shown.id} />
          </li>
        ))}
      </ul>
      {!isComplete && (
        <button type="button" className="button" disabled={isReading} onClick={() => void pages.more()}>
          {isReading ? 'Reading …' : 'Earlier operations'}
        </button>
      )}
      {fault && <p dir="auto">{firstLine(fault.message)}</p>}
    </>
  );
}

function Row({ operation, clusterId, isShown }: { operation: Operation; clusterId: string; isShown: boolean }) {
  const { id, number, type, startedAt, duration, reason } = operation;
  const look = operationLook(operation);
  return (
    <Link
      href={addressOf({ id: clusterId, operation: id })}
      className={styles.row}
      aria-current={isShown ? 'page' : undefined}
    >
      <span className="muted">{number}</span>
      <LookIcon look={look} />
      <span>
        {doing[type]} – {lookWords[look]}
        {duration !== null && ` after ${inWords(duration)}`}
      </span>
      <span className="muted">
        <Time at={startedAt} isFocusable={false} />
      </span>
      {reason !== null && (
        <span className={styles.reason} dir="auto">
          {firstLine(reason)}
        </span>
      )}
    </Link>
  );
}
