import { type RefObject, useEffect } from 'react';
import type { LiveList } from './live-list.js';

/** Pixels by which a page is scrolled that the reader has moved. */
const moved = 4;

/**
 * Holds the rows still while the reader is at them: points at them, has the focus among them, or has scrolled to some of
 * them. A finger does not point: it scrolls.
 */
export function useHold(live: LiveList | null, table: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = table.current;
    if (!live || !element) return;
    const reasons = new Set<string>();
    const hold = (reason: string, holds: boolean) => {
      if (holds) reasons.add(reason);
      else reasons.delete(reason);
      live.hold(reasons.size > 0);
    };
    const ended = new AbortController();
    const { signal } = ended;
    const point = ({ pointerType }: PointerEvent) => hold('pointer', pointerType !== 'touch');
    const scroll = () => hold('scrolled', window.scrollY > moved);
    element.addEventListener('pointerover', point, { signal });
    element.addEventListener('pointerleave', () => hold('pointer', false), { signal });
    element.addEventListener('focusin', () => hold('focus', true), { signal });
    element.addEventListener('focusout', () => hold('focus', false), { signal });
    window.addEventListener('scroll', scroll, { signal, passive: true });
    scroll();
    return () => {
      ended.abort();
      live.hold(false);
    };
  }, [live, table]);
}
