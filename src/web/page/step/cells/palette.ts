/** The colours of cells, as a canvas takes them. */
export interface Palette {
  /** By state: `unitState`. */
  readonly fills: readonly [string, string, string, string];
  /** Of a cross or check on a cell. */
  readonly mark: string;
  readonly line: string;
  readonly text: string;
  readonly font: string;
}

/** The colours as the style sheet, the theme and the viewer's own colours have them at this element. */
export function paletteOf(element: HTMLElement): Palette {
  const probe = element.ownerDocument.createElement('span');
  element.after(probe);
  const read = (color: string) => {
    probe.style.color = color;
    return getComputedStyle(probe).color;
  };
  const isForced = matchMedia('(forced-colors: active)').matches;
  if (isForced) probe.style.setProperty('forced-color-adjust', 'none');
  const of = (token: string, forced: string) => read(isForced ? forced : `var(--${token})`);
  const palette: Palette = {
    fills: [
      of('line', 'Canvas'),
      of('succeeded', 'CanvasText'),
      of('failed', 'Highlight'),
      of('neutral', 'CanvasText'),
    ],
    mark: of('ground', 'Canvas'),
    line: of('edge', 'CanvasText'),
    text: of('muted', 'CanvasText'),
    font: `12px ${getComputedStyle(element).fontFamily}`,
  };
  probe.remove();
  return palette;
}

/** Calls `changed` when the colours are others: another theme, or the viewer's own. */
export function onPaletteChange(changed: () => void): () => void {
  const queries = ['(prefers-color-scheme: dark)', '(forced-colors: active)'].map((query) => matchMedia(query));
  for (const query of queries) query.addEventListener('change', changed);
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'style', 'class'] });
  return () => {
    for (const query of queries) query.removeEventListener('change', changed);
    observer.disconnect();
  };
}
