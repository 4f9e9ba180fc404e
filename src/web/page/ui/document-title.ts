import { useEffect } from 'react';
import { connection } from '../live/connection.js';
import { Store } from '../live/store.js';
import { type Glyph, type Headline, titleOf } from './headline.js';

export type { Glyph, Headline };

/** Each by its file, so that the policy needs no `data:`. */
const icons: Record<'idle' | 'stale' | Glyph, string> = {
  idle: new URL('../icons/idle.svg', import.meta.url).href,
  running: new URL('../icons/running.svg', import.meta.url).href,
  failing: new URL('../icons/failing.svg', import.meta.url).href,
  failed: new URL('../icons/failing.svg', import.meta.url).href,
  stalled: new URL('../icons/stalled.svg', import.meta.url).href,
  done: new URL('../icons/done.svg', import.meta.url).href,
  stale: new URL('../icons/stale.svg', import.meta.url).href,
};

/** What the view that is shown is about. Null: the view has not said it. */
export const headline = new Store<Headline | null>(null, { immediate: true });

/** Milliseconds between changes of the tab's title and icon. */
const pause = 2_000;

/** Says what the view is about, while it is shown. */
export function useTitle({ glyph, progress, name }: Headline): void {
  useEffect(() => headline.set({ glyph, progress, name }), [glyph, progress, name]);
  useEffect(() => () => headline.set(null), []);
}

let timer: ReturnType<typeof setTimeout> | undefined;

/** At once, and not again before the pause is over. */
function update(): void {
  if (timer !== undefined || !show()) return;
  timer = setTimeout(() => {
    timer = undefined;
    update();
  }, pause);
}

/** Answers whether that changed something. */
function show(): boolean {
  const isStale = connection.shown.status === 'stale';
  const glyph = headline.shown?.glyph;
  const title = titleOf(headline.shown, isStale);
  const icon = icons[glyph ? (isStale ? 'stale' : glyph) : 'idle'];
  const link = document.querySelector<HTMLLinkElement>('link[rel=icon]');
  if (document.title === title && link?.href === icon) return false;
  document.title = title;
  if (link) link.href = icon;
  return true;
}

/** Has the tab show the headline from now on. */
export function showHeadline(): void {
  headline.subscribe(update);
  connection.subscribe(update);
  update();
}
