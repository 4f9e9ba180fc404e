import { type RefObject, useLayoutEffect, useRef, useState } from 'react';
import type { LiveLog } from '../live/log/log.js';
import type { LogState } from '../live/log/state.js';
import type { FollowRule } from './follow-rule.js';
import { centering, firstSeen, type Geometry, revealing, rowsAt } from './window.js';

/** Pixels: of the column names, and of the line above the first row. */
export const headHeight = 28;
export const edgeHeight = 36;
/** Pixels of a row: in one line, and in two where there is little room. */
const rowHeights = { wide: 24, narrow: 44 } as const;
/** Pixels of width below which a row has two lines. */
const roomy = 720;

/** Rows between what is seen and the end of what is held, from which on more is read. */
const ahead = 60;

export interface LogScroll {
  readonly range: readonly [number, number];
  readonly rowHeight: number;
  readonly isNarrow: boolean;
  onScroll(): void;
  /** Has a row be seen, without counting as the reader's scrolling. */
  reveal(index: number): void;
}

/**
 * Where a log is scrolled to. The first row that is seen stays where it is, to the pixel, whatever is put before or after it;
 * while the newest are followed the end is kept in view. `anchor` is the event around which the log was opened.
 */
export function useLogScroll(
  scroller: RefObject<HTMLDivElement | null>,
  live: LiveLog,
  { rows, base, stretch, older, newer }: LogState,
  rule: FollowRule,
  anchor: string | null,
  onFollow: (following: boolean) => void,
): LogScroll {
  const [size, setSize] = useState({ width: roomy, height: 0 });
  const [range, setRange] = useState<readonly [number, number]>([0, 0]);
  const isNarrow = size.width < roomy;
  const rowHeight = isNarrow ? rowHeights.narrow : rowHeights.wide;
  const geometry: Geometry = { rowHeight, above: headHeight + edgeHeight, height: size.height };
  const before = useRef({ base, stretch: -1, rowHeight });

  const see = () => {
    const top = scroller.current?.scrollTop ?? 0;
    const [from, to] = rowsAt(top, rows.length, geometry);
    setRange((range) => (range[0] === from && range[1] === to ? range : [from, to]));
    const first = firstSeen(top, geometry).row;
    const last = first + geometry.height / rowHeight;
    live.seenRow = base + first;
    // Nothing more is read while following, unless there is room for it.
    if (geometry.height > 0 && older === 'more' && first < ahead && (!rule.following || rows.length < last + ahead))
      void live.readOlder();
    if (geometry.height > 0 && newer === 'more' && last > rows.length - ahead) void live.readNewer();
  };

  const place = (top: number) => {
    const element = scroller.current;
    if (!element) return;
    const from = element.scrollTop;
    element.scrollTop = top;
    rule.placed(from, element.scrollTop);
  };

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => {
      const { clientWidth: width, clientHeight: height } = element;
      if (entry) setSize((size) => (size.width === width && size.height === height ? size : { width, height }));
    });
    observer.observe(element);
    setSize({ width: element.clientWidth, height: element.clientHeight });
    return () => observer.disconnect();
  }, [scroller]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what moves rows, or the place they are seen in.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || geometry.height === 0) return;
    const was = before.current;
    before.current = { base, stretch, rowHeight };
    const anchored = stretch === was.stretch ? -1 : rows.findIndex(({ id }) => id === anchor);
    if (rule.following) place(element.scrollHeight);
    else if (anchored >= 0) place(centering(anchored, geometry));
    else if (stretch !== was.stretch) place(element.scrollHeight);
    else if (base !== was.base || rowHeight !== was.rowHeight) {
      const seen = firstSeen(element.scrollTop, { ...geometry, rowHeight: was.rowHeight });
      place(geometry.above + (seen.row + was.base - base) * rowHeight + (seen.hidden * rowHeight) / was.rowHeight);
    }
    see();
  }, [rows, base, stretch, rowHeight, geometry.height, older, newer, rule.following]);

  return {
    range: [Math.min(range[0], rows.length), Math.min(range[1], rows.length)],
    rowHeight,
    isNarrow,
    onScroll() {
      const element = scroller.current;
      if (!element) return;
      const most = element.scrollHeight - element.clientHeight;
      rule.scrolled(element.scrollTop, newer === 'end' ? most : null);
      onFollow(rule.following);
      see();
    },
    reveal(index) {
      const element = scroller.current;
      if (element) place(revealing(index, element.scrollTop, geometry, headHeight));
    },
  };
}
