import { type RefObject, useLayoutEffect, useState } from 'react';

/** Pixels that are left below. */
const below = 16;
/** Pixels of height at least. */
const least = 288;

/** Pixels of height with which an element ends where the window does, as long as the page is not scrolled. */
export function useFittedHeight(element: RefObject<HTMLElement | null>): number {
  const [height, setHeight] = useState(least);
  useLayoutEffect(() => {
    const measure = () => {
      const top = (element.current?.getBoundingClientRect().top ?? 0) + scrollY;
      setHeight(Math.max(least, Math.floor(innerHeight - top - below)));
    };
    // What is above may grow, too.
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    addEventListener('resize', measure);
    measure();
    return () => {
      observer.disconnect();
      removeEventListener('resize', measure);
    };
  }, [element]);
  return height;
}
