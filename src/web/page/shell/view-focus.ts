import { useEffect, useRef } from 'react';
import { useLocation } from 'wouter';

/** Milliseconds that a view may take until it has its heading, or is as tall as it was. */
const patience = 5_000;

/** What is shown at an address: choosing a step of a cluster leads to no other view. */
export const viewOf = (path: string): string => path.split('/').slice(0, 3).join('/');

/** Where the page was scrolled to at each address. */
const positions = new Map<string, number>();
const here = () => location.pathname + location.search;

let cameBack = false;

/** Remembers scroll positions from now on: the browser restores them before what is shown has come. */
export function rememberScrolling(): void {
  history.scrollRestoration = 'manual';
  let at = here();
  addEventListener('popstate', () => {
    cameBack = true;
  });
  addEventListener(
    'scroll',
    () => {
      if (here() === at) positions.set(at, scrollY);
      else at = here();
    },
    { passive: true },
  );
}

/** After a change of view: its heading gets the focus, and it starts at its top, or where it was left when gone back to. */
export function useViewFocus(): void {
  const [path] = useLocation();
  const view = viewOf(path);
  const shown = useRef(view);
  useEffect(() => {
    if (shown.current === view) return;
    shown.current = view;
    const top = cameBack ? (positions.get(here()) ?? 0) : 0;
    cameBack = false;
    scrollTo(0, 0);
    return arrive(top);
  }, [view]);
}

/** Waits for what the view still gets. The viewer's own scrolling ends it. */
function arrive(top: number): () => void {
  const main = document.getElementById('main');
  let isFocused = false;
  const settle = () => {
    const heading = main?.querySelector<HTMLElement>('h1');
    if (heading && !isFocused) {
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
      isFocused = true;
    }
    if (top > 0) scrollTo(0, top);
    if (isFocused && scrollY >= top) end();
  };
  const resized = new ResizeObserver(settle);
  const changed = new MutationObserver(settle);
  const timer = setTimeout(() => end(), patience);
  const end = () => {
    clearTimeout(timer);
    resized.disconnect();
    changed.disconnect();
    removeEventListener('wheel', end);
    removeEventListener('keydown', end);
    removeEventListener('pointerdown', end);
  };
  if (main) {
    resized.observe(main);
    changed.observe(main, { childList: true, subtree: true });
  }
  addEventListener('wheel', end, { passive: true });
  addEventListener('keydown', end);
  addEventListener('pointerdown', end);
  settle();
  return end;
}
