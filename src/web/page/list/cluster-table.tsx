import { type MouseEvent, useMemo, useRef, useState } from 'react';
import { useStore } from '../live/store.js';
import { ClusterRow } from './cluster-row.js';
import styles from './cluster-table.module.css';
import type { LiveList } from './live-list.js';
import { ColumnHeader, Row, RowGroup, Table } from './table-parts.js';
import { useHold } from './use-hold.js';
import { useMedia } from './use-media.js';
import { useRowKeys } from './use-row-keys.js';
import { useRows } from './use-rows.js';

const columns = [
  ['state', 'State'],
  ['name', 'Name'],
  ['operation', 'Operation'],
  ['step', 'Step'],
  ['progress', 'Progress'],
  ['expected', 'Expected'],
  ['updated', 'Changed'],
] as const;

/** Of a row, in rem. On a narrow screen it has two lines. */
const heights = { wide: 2.6, narrow: 4.4 };

const rem = () => Number.parseFloat(getComputedStyle(document.documentElement).fontSize);

/** What has a tooltip of its own lies above the row's link. */
function openRow({ target }: MouseEvent<HTMLElement>): void {
  if (!(target instanceof Element) || target.closest('a')) return;
  target.closest('[data-id]')?.querySelector('a')?.click();
}

/** The clusters as rows, of which only those in sight are drawn. */
export function ClusterTable({ live }: { live: LiveList }) {
  const ids = useStore(live.store, ({ arranged }) => arranged.ids);
  const isBusy = useStore(live.store, ({ isPart }) => isPart);
  const [table, body] = [useRef<HTMLDivElement>(null), useRef<HTMLDivElement>(null)];
  const isNarrow = useMedia('(max-width: 800px)');
  const height = useMemo(() => Math.round(rem() * (isNarrow ? heights.narrow : heights.wide)), [isNarrow]);
  const [active, setActive] = useState<string | null>(null);
  const focusWanted = useRef(false);
  useHold(live, table);

  const { from, to } = useRows(body, ids.length, height);
  const activeIndex = Math.max(0, active === null ? 0 : ids.indexOf(active));
  useRowKeys({ ids, activeIndex, height, body, setActive, focusWanted });

  const drawn = ids.slice(from, to).map((id, offset) => ({ id, index: from + offset }));
  // What has the focus stays in the document, wherever the page is scrolled to.
  const activeId = ids[activeIndex];
  if (activeId !== undefined && activeIndex < from) drawn.unshift({ id: activeId, index: activeIndex });
  if (activeId !== undefined && activeIndex >= to) drawn.push({ id: activeId, index: activeIndex });

  return (
    <Table ref={table} aria-label="Clusters" aria-rowcount={ids.length + 1} aria-busy={isBusy} className={styles.table}>
      <RowGroup className={styles.head}>
        <Row aria-rowindex={1} className={styles.titles}>
          {columns.map(([column, title]) => (
            <ColumnHeader key={column} className={styles[column]}>
              {column === 'state' ? <span className="visually-hidden">{title}</span> : title}
            </ColumnHeader>
          ))}
        </Row>
      </RowGroup>
      <RowGroup ref={body} className={styles.body} style={{ height: ids.length * height }} onClick={openRow}>
        {drawn.map(({ id, index }) => (
          <ClusterRow
            key={id}
            live={live}
            id={id}
            index={index}
            height={height}
            isActive={index === activeIndex}
            focusWanted={focusWanted}
            onActive={setActive}
          />
        ))}
      </RowGroup>
    </Table>
  );
}
