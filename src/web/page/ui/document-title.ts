import { useEffect } from 'react';
import { connection } from '../live/connection.js';
import { Store } from '../live/store.js';

/** What a view is about, and how that is: for the tab of the browser, and for the breadcrumb. */
export interface Headline {
  /** How it is; without it nothing is going on. */
  readonly glyph?: Glyph | undefined;
  /** From 0 to 1; shown while it is running or failing. */
  readonly progress?: number | undefined;
  /** What the view is about, such as a cluster's name. */
  readonly name: string;
}

export type Glyph = 'running' | 'failing' | 'stalled' | 'done' | 'failed';

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

/** `61% name`, `✗ 61% name`, `! name`, `✓ name`, `? name` while what is shown may be out of date. */
export function titleOf(headline: Headline | null, isStale: boolean): string {
  if (!headline) return 'Stepcast';
  const { glyph, progress, name } = headline;
  const percent = progress === undefined ? '' : `${Math.floor(100 * progress)}%`;
  const marks = { running: percent, failing: `✗ ${percent}`, failed: '✗', stalled: '!', done: '✓' };
  const mark = isStale ? '?' : glyph ? marks[glyph].trim() : '';
  return `${mark ? `${mark} ` : ''}${name} · Stepcast`;
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
