import { memo, type RefObject, useEffect, useRef } from 'react';
import type { ListedCluster } from 'stepcast/client';
import { Link } from 'wouter';
import { addressOf } from '../address.js';
import { useStore } from '../live/store.js';
import { LookIcon } from '../ui/icon.js';
import { firstLine, shown } from '../ui/text.js';
import { Time } from '../ui/time.js';
import styles from './cluster-table.module.css';
import { Expected } from './expected.js';
import type { LiveList } from './live-list.js';
import { clusterLook } from './order.js';
import { Progress } from './progress.js';
import { StepCell } from './step-cell.js';
import { Cell, Row, RowHeader } from './table-parts.js';
import { useTint } from './use-tint.js';
import { lookWords, operationWords } from './words.js';

export interface ClusterRowProps {
  readonly live: LiveList;
  readonly id: string;
  /** From 0. */
  readonly index: number;
  /** Pixels. */
  readonly height: number;
  /** Whether the focus comes to it when it comes to the table. */
  readonly isActive: boolean;
  /** Whether it is to take the focus as soon as it is there. */
  readonly focusWanted: RefObject<boolean>;
  readonly onActive: (id: string) => void;
}

/** One cluster, in its newest state. */
export const ClusterRow = memo(({ live, id, index, height, ...props }: ClusterRowProps) => {
  const cluster = useStore(live.store, ({ clusters }) => clusters.get(id));
  const isGone = useStore(live.store, ({ arranged }) => arranged.waiting?.gone.has(id) ?? false);
  const row = useRef<HTMLDivElement>(null);
  useTint(row, cluster?.revision);
  if (!cluster) return null;
  return (
    <Row
      ref={row}
      aria-rowindex={index + 2}
      className={`${styles.row} ${isGone ? styles.gone : ''}`}
      style={{ top: index * height, height }}
      data-id={id}
    >
      <Cells cluster={cluster} isGone={isGone} {...props} />
    </Row>
  );
});

interface CellsProps extends Pick<ClusterRowProps, 'isActive' | 'focusWanted' | 'onActive'> {
  readonly cluster: ListedCluster;
  readonly isGone: boolean;
}

/** The status of a cluster that was given none. */
const unset = 'Undefined';

const Cells = memo(({ cluster, isGone, isActive, focusWanted, onActive }: CellsProps) => {
  const look = clusterLook(cluster);
  return (
    <>
      <Cell className={styles.state}>
        <LookIcon look={look === 'none' ? 'planned' : look} label={lookWords[look]} />
      </Cell>
      <RowHeader className={styles.name}>
        <NameLink cluster={cluster} isActive={isActive} focusWanted={focusWanted} onActive={onActive} />
        {cluster.status !== unset && (
          <span className={styles.status} dir="auto">
            {firstLine(cluster.status)}
          </span>
        )}
      </RowHeader>
      <Cell className={styles.operation}>{operationWords(cluster)}</Cell>
      <StepCell cluster={cluster} isGone={isGone} />
      <Progress cluster={cluster} />
      <Expected cluster={cluster} />
      <Cell className={styles.updated}>
        <Time at={cluster.updatedAt} isRelative isFocusable={false} />
      </Cell>
    </>
  );
});

function NameLink({ cluster, isActive, focusWanted, onActive }: Omit<CellsProps, 'isGone'>) {
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (!isActive || !focusWanted.current) return;
    focusWanted.current = false;
    link.current?.focus({ preventScroll: true });
  }, [isActive, focusWanted]);
  return (
    <Link
      ref={link}
      href={addressOf({ id: cluster.id })}
      tabIndex={isActive ? 0 : -1}
      onFocus={() => onActive(cluster.id)}
      dir="auto"
      data-tip={cluster.name.length > 24 ? shown(cluster.name) : undefined}
    >
      {shown(cluster.name)}
    </Link>
  );
}
