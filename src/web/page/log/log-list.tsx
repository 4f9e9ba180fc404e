// biome-ignore-all lint/a11y/useSemanticElements: rows that are placed one by one make no table of a browser's.
// biome-ignore-all lint/a11y/useFocusableInteractive: the column names are not operated.
import { type KeyboardEvent, type MouseEvent, type ReactNode, useEffect, useRef } from 'react';
import type { LiveLog } from '../live/log/log.js';
import type { LogState } from '../live/log/state.js';
import type { NamedStep } from '../live/log/step-names.js';
import { useStore } from '../live/store.js';
import { zone } from '../ui/settings.js';
import { Divider } from './divider.js';
import type { FollowRule } from './follow-rule.js';
import styles from './log.module.css';
import { LogRow } from './log-row.js';
import type { LeftAt } from './use-left-at.js';
import { edgeHeight, headHeight, useLogScroll } from './use-log-scroll.js';

export interface LogListProps {
  readonly live: LiveLog;
  readonly state: LogState;
  readonly rule: FollowRule;
  readonly onFollow: (following: boolean) => void;
  /** The names of steps, where several are shown. */
  readonly steps: ReadonlyMap<string, NamedStep> | null;
  /** The event that is open in the panel. */
  readonly selected: string | null;
  /** The row that the keyboard is at. */
  readonly focused: string | null;
  readonly onOpen: (id: string) => void;
  /** Where the reader was away; null: nowhere. */
  readonly leftAt: LeftAt | null;
  /** What is said above the oldest row. */
  readonly edge: ReactNode;
  /** What is said where there is no row. */
  readonly children: ReactNode;
}

/** Keys that move a scrolled part up. */
const up = new Set(['ArrowUp', 'PageUp', 'Home']);

/** The rows of a log, of which only those near what is seen are in the document. */
export function LogList(props: LogListProps) {
  const { live, state, rule, onFollow, steps, selected, focused, onOpen, leftAt, edge, children } = props;
  const { rows, older, newer } = state;
  const scroller = useRef<HTMLDivElement>(null);
  const inZone = useStore(zone);
  const { range, rowHeight, isNarrow, onScroll, reveal } = useLogScroll(
    scroller,
    live,
    state,
    rule,
    selected,
    onFollow,
  );
  const leave = () => {
    const element = scroller.current;
    if (!rule.following || !element || element.scrollHeight <= element.clientHeight) return;
    rule.leave();
    onFollow(false);
  };
  useSelection(scroller, leave);
  useRevealed(scroller, rows, focused, reveal);

  const onClick = ({ target }: MouseEvent) => {
    const row = target instanceof Element ? target.closest<HTMLElement>('[data-event]') : null;
    if (!row?.dataset.event || !document.getSelection()?.isCollapsed) return;
    leave();
    onOpen(row.dataset.event);
  };
  const onKeyDown = ({ key, shiftKey, target }: KeyboardEvent) => {
    if (up.has(key) || (key === ' ' && shiftKey)) leave();
    const { event } = target instanceof HTMLElement ? target.dataset : {};
    if (key === 'Enter' && event) {
      leave();
      onOpen(event);
    }
  };

  const [from, to] = range;
  const mounted = rows.slice(from, to).map((event, index) => ({ event, index: from + index }));
  // The row with the focus stays in the document wherever the others go.
  const at = focused === null ? -1 : rows.findIndex(({ id }) => id === focused);
  if (at >= 0 && (at < from || at >= to)) mounted.push({ event: rows[at] as (typeof rows)[number], index: at });
  const tabStop = at >= 0 ? at : rows.length - 1;
  return (
    <div
      ref={scroller}
      role="log"
      aria-live="off"
      aria-label="Log"
      className={`${styles.scroller} ${isNarrow ? styles.narrow : ''} ${steps ? styles.steps : ''}`}
      onScroll={onScroll}
      onWheel={({ deltaY }) => deltaY < 0 && leave()}
      onTouchMove={leave}
      onClick={onClick}
      onKeyDown={onKeyDown}
    >
      <div
        role="table"
        aria-label="Events, oldest first"
        aria-rowcount={older === 'end' && newer === 'end' ? rows.length + 1 : -1}
        style={{ height: headHeight + edgeHeight + rows.length * rowHeight }}
        className={styles.table}
      >
        <div role="rowgroup" className={styles.head} style={{ height: headHeight }}>
          <div role="row" aria-rowindex={1} className={styles.names}>
            <span role="columnheader">Time{inZone === 'UTC' ? ' (UTC)' : ''}</span>
            <span role="columnheader">Outcome</span>
            {steps && <span role="columnheader">Step</span>}
            <span role="columnheader" className={styles.group}>
              Node group
            </span>
            <span role="columnheader">Instance</span>
            <span role="columnheader">What was reported</span>
            <span role="columnheader">Error id</span>
          </div>
        </div>
        <div role="rowgroup" className={styles.rows} style={{ top: headHeight + edgeHeight }}>
          {mounted.map(({ event, index }) => (
            <LogRow
              key={event.id}
              event={event}
              top={index * rowHeight}
              height={rowHeight}
              index={index + 1}
              stepName={steps ? (steps.get(event.provisionStepId)?.stepName ?? '') : undefined}
              isSelected={event.id === selected}
              isFocusable={index === tabStop}
              zone={inZone}
            />
          ))}
        </div>
      </div>
      {leftAt && <Divider leftAt={leftAt} rows={rows} top={headHeight + edgeHeight} rowHeight={rowHeight} />}
      <div className={styles.edge} style={{ top: headHeight, height: edgeHeight }}>
        {edge}
      </div>
      {rows.length === 0 && <div className={styles.empty}>{children}</div>}
    </div>
  );
}

/** Calls when the reader selects text of the log. */
function useSelection(scroller: React.RefObject<HTMLElement | null>, onSelect: () => void): void {
  const newest = useRef(onSelect);
  newest.current = onSelect;
  useEffect(() => {
    const listen = () => {
      const selection = document.getSelection();
      if (selection && !selection.isCollapsed && scroller.current?.contains(selection.anchorNode)) newest.current();
    };
    document.addEventListener('selectionchange', listen);
    return () => document.removeEventListener('selectionchange', listen);
  }, [scroller]);
}

/** Brings the row that the keyboard has come to into view, and the focus to it. */
function useRevealed(
  scroller: React.RefObject<HTMLElement | null>,
  rows: LogState['rows'],
  focused: string | null,
  reveal: (index: number) => void,
): void {
  const index = focused === null ? -1 : rows.findIndex(({ id }) => id === focused);
  const isHeld = index >= 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the reader's move alone, and not what comes.
  useEffect(() => {
    if (focused === null || !isHeld) return;
    reveal(index);
    // Whoever reads in the panel keeps the focus there.
    if (document.activeElement?.closest('dialog')) return;
    scroller.current
      ?.querySelector<HTMLElement>(`[data-event="${CSS.escape(focused)}"]`)
      ?.focus({ preventScroll: true });
  }, [focused, isHeld]);
}
