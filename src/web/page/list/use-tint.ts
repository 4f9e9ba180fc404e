import { type RefObject, useLayoutEffect, useRef } from 'react';

/** Milliseconds; a row that changes faster is not tinted again before. */
const duration = 600;

/** Tints an element for a moment whenever `revision` is another one, unless the viewer wants no motion. */
export function useTint(element: RefObject<HTMLElement | null>, revision: number | undefined): void {
  const last = useRef({ revision, at: Number.NEGATIVE_INFINITY });
  useLayoutEffect(() => {
    const { revision: before, at } = last.current;
    if (before === revision) return;
    const now = performance.now();
    const isTinted = now - at < duration || matchMedia('(prefers-reduced-motion: reduce)').matches;
    last.current = { revision, at: isTinted ? at : now };
    if (!isTinted) element.current?.animate([{ backgroundColor: 'var(--changed)' }, {}], { duration, id: 'changed' });
  }, [element, revision]);
}
