import { type RefObject, useEffect } from 'react';
import { Hold } from './hold.js';
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
    const hold = new Hold((isHeld) => live.hold(isHeld));
    const ended = new AbortController();
    const { signal } = ended;
    let last = '';
    const point = ({ pointerType, clientX, clientY }: PointerEvent) => {
      // Rows that move have browsers tell of a pointer that does not.
      const place = `${clientX} ${clientY}`;
      if (place !== last) hold.set('pointer', pointerType !== 'touch');
      last = place;
    };
    const scroll = () => hold.set('scrolled', window.scrollY > moved);
    element.addEventListener('pointerover', point, { signal });
    element.addEventListener('pointermove', point, { signal });
    const leave = () => {
      last = '';
      hold.set('pointer', false);
    };
    element.addEventListener('pointerleave', leave, { signal });
    element.addEventListener('focusin', () => hold.set('focus', true), { signal });
    element.addEventListener('focusout', () => hold.set('focus', false), { signal });
    window.addEventListener('scroll', scroll, { signal, passive: true });
    scroll();
    return () => {
      ended.abort();
      hold.end();
    };
  }, [live, table]);
}
