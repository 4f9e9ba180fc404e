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
  // The first key comes to the table, from wherever the focus is.
  const move = (by: number) => go(hasFocus() ? activeIndex + by : activeIndex);
  const inTable = (action: () => void) => () => (hasFocus() ? action() : false);
  const open = () => (document.activeElement as HTMLElement).click();
  const [down, up] = [() => move(1), () => move(-1)];
  const [first, last] = [inTable(() => go(0)), inTable(() => go(ids.length - 1))];
  useKeys({ j: down, ArrowDown: down }, 'next cluster');
  useKeys({ k: up, ArrowUp: up }, 'previous cluster');
  useKeys({ Home: first, End: last }, 'first, last cluster');
  useKeys({ o: inTable(open) }, 'open the cluster (as Enter does)');
}

function focusLink(body: HTMLElement | null, id: string): void {
  body?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"] a`)?.focus({ preventScroll: true });
}

/** Pixels at the top and bottom of the window that a row is kept away from. */
const margin = 72;

function reveal(body: HTMLElement | null, index: number, height: number): void {
  if (!body) return;
  const top = body.getBoundingClientRect().top + index * height;
  const bottom = top + height;
  if (top < margin) window.scrollBy({ top: index === 0 ? -window.scrollY : top - margin, behavior: 'instant' });
  else if (bottom > window.innerHeight - margin)
    window.scrollBy({ top: bottom - window.innerHeight + margin, behavior: 'instant' });
}
