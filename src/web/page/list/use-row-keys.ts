import type { RefObject } from 'react';
import { useKeys } from '../ui/keys.js';

export interface RowKeys {
  readonly ids: readonly string[];
  readonly activeIndex: number;
  /** Of a row, in pixels. */
  readonly height: number;
  readonly body: RefObject<HTMLElement | null>;
  readonly setActive: (id: string) => void;
  /** Set when the active row is to take the focus. */
  readonly focusWanted: RefObject<boolean>;
}

/** Moves the focus from row to row: the next, the previous, a screen further, the first, the last. */
export function useRowKeys({ ids, activeIndex, height, body, setActive, focusWanted }: RowKeys): void {
  const hasFocus = () => body.current?.contains(document.activeElement) ?? false;
  const go = (index: number) => {
    const id = ids[Math.min(Math.max(index, 0), ids.length - 1)];
    if (id === undefined) return;
    reveal(body.current, ids.indexOf(id), height);
    if (id === ids[activeIndex]) focusLink(body.current, id);
    else focusWanted.current = true;
    setActive(id);
  };
  // The first key comes to the table, from wherever the focus is: to the active row, or the first in sight.
  const arrive = () =>
    go(isInSight(body.current, activeIndex, height) ? activeIndex : firstInSight(body.current, height));
  const move = (by: number) => (hasFocus() ? go(activeIndex + by) : arrive());
  const inTable = (action: () => void) => () => (hasFocus() ? action() : false);
  const open = () => (document.activeElement as HTMLElement).click();
  const [down, up] = [() => move(1), () => move(-1)];
  const [first, last] = [inTable(() => go(0)), inTable(() => go(ids.length - 1))];
  useKeys({ j: down, ArrowDown: inTable(down) }, 'next cluster');
  useKeys({ k: up, ArrowUp: inTable(up) }, 'previous cluster');
  useKeys({ Home: first, End: last }, 'first, last cluster');
  useKeys({ o: inTable(open) }, 'open the cluster (as Enter does)');
}

function focusLink(body: HTMLElement | null, id: string): void {
  body?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"] a`)?.focus({ preventScroll: true });
}

/** Pixels at the top and bottom of the window that a row is kept away from: headers are there. */
const margin = 90;

const topOf = (body: HTMLElement) => body.getBoundingClientRect().top;

function isInSight(body: HTMLElement | null, index: number, height: number): boolean {
  const top = body ? topOf(body) + index * height : 0;
  return top >= margin - height && top + height <= window.innerHeight;
}

const firstInSight = (body: HTMLElement | null, height: number): number =>
  body ? Math.max(0, Math.ceil((margin - topOf(body)) / height)) : 0;

function reveal(body: HTMLElement | null, index: number, height: number): void {
  if (!body) return;
  const top = topOf(body) + index * height;
  const bottom = top + height;
  if (top < margin) window.scrollBy({ top: index === 0 ? -window.scrollY : top - margin, behavior: 'instant' });
  else if (bottom > window.innerHeight - margin)
    window.scrollBy({ top: bottom - window.innerHeight + margin, behavior: 'instant' });
}
