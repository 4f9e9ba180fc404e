import { type RefObject, useEffect, useState } from 'react';

/** Rows of which all are drawn. */
const few = 100;
/** Rows that are drawn above and below those in sight; the range changes by as many at a time. */
const beyond = 8;

/** The first row that is drawn, and the one behind the last. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/** Which of `count` rows of one height are in sight, the page's window being what is scrolled. `body` begins with the first. */
export function useRows(body: RefObject<HTMLElement | null>, count: number, height: number): RowRange {
  const [range, setRange] = useState<RowRange>({ from: 0, to: few });
  const isLong = count > few;
  useEffect(() => {
    if (!isLong) return;
    const look = () => {
      const top = body.current?.getBoundingClientRect().top ?? 0;
      const from = round(Math.floor(-top / height)) - beyond;
      const to = round(Math.ceil((window.innerHeight - top) / height)) + 2 * beyond;
      setRange((last) => (last.from === from && last.to === to ? last : { from, to }));
    };
    look();
    window.addEventListener('scroll', look, { passive: true });
    window.addEventListener('resize', look);
    return () => {
      window.removeEventListener('scroll', look);
      window.removeEventListener('resize', look);
    };
  }, [body, isLong, height]);
  return isLong ? { from: Math.max(0, range.from), to: Math.min(count, range.to) } : { from: 0, to: count };
}

const round = (index: number) => Math.floor(index / beyond) * beyond;
