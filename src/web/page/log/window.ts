/** Rows of one height, of which those near what is seen are in the document. Pixels. */
export interface Geometry {
  readonly rowHeight: number;
  /** What is above the first row. */
  readonly above: number;
  /** Of the part that scrolls. */
  readonly height: number;
}

/** Rows rendered beyond each end of what is seen. */
const spare = 12;
/** Rows by which what is rendered moves on, so that not every pixel renders anew. */
const stride = 6;

/** The rows to render at a scroll position, from the first to before the last. */
export function rowsAt(top: number, count: number, { rowHeight, above, height }: Geometry): readonly [number, number] {
  const first = Math.floor((top - above) / rowHeight);
  const from = Math.floor((first - spare) / stride) * stride;
  const to = Math.ceil((first + height / rowHeight + spare) / stride) * stride;
  return [Math.min(count, Math.max(0, from)), Math.max(0, Math.min(count, to))];
}

/** The first row that is seen, and how much of it is hidden; before all rows: a negative offset from the first one. */
export function firstSeen(
  top: number,
  { rowHeight, above }: Geometry,
): { readonly row: number; readonly hidden: number } {
  const row = Math.max(0, Math.floor((top - above) / rowHeight));
  return { row, hidden: top - above - row * rowHeight };
}

/** The position at which a row is seen whole, as near to the present one as may be. */
export function revealing(row: number, top: number, { rowHeight, above, height }: Geometry, covered: number): number {
  const start = above + row * rowHeight;
  if (start < top + covered) return start - covered;
  return start + rowHeight > top + height ? start + rowHeight - height : top;
}

/** The position at which a row is in the middle. */
export const centering = (row: number, { rowHeight, above, height }: Geometry): number =>
  Math.max(0, above + (row + 0.5) * rowHeight - height / 2);
