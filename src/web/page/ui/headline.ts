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

/** `61% name`, `✗ 61% name`, `! name`, `✓ name`, `? name` while what is shown may be out of date. */
export function titleOf(headline: Headline | null, isStale: boolean): string {
  if (!headline) return 'Stepcast';
  const { glyph, progress, name } = headline;
  const percent = progress === undefined ? '' : `${Math.floor(100 * progress)}%`;
  const marks = { running: percent, failing: `✗ ${percent}`, failed: '✗', stalled: '!', done: '✓' };
  const mark = isStale ? '?' : glyph ? marks[glyph].trim() : '';
  return `${mark ? `${mark} ` : ''}${name} · Stepcast`;
}
