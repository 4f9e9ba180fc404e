import { type UnitBoard, unitState } from '../../live/unit-board.js';
import { type Band, type CellLayout, labelHeight } from './layout.js';
import type { Palette } from './palette.js';

/** Most pixels of a canvas: what phones allow. */
const mostPixels = 16_000_000;

/**
 * Draws the cells of a step. Invariant: after `all` the canvas shows the whole layout; `cells` draws the given units anew, and
 * what is not reported yet.
 */
export class Painter {
  readonly #canvas: HTMLCanvasElement;
  readonly #board: UnitBoard;
  readonly #layout: CellLayout;
  /** What is said of what has not reported. */
  readonly #words: string;
  #palette: Palette;
  #height = 0;
  /** How many bands have their label. */
  #labelled = 0;
  /** The hollow cells that are drawn, and where they begin. */
  #hollow = { count: 0, top: 0 };

  constructor(canvas: HTMLCanvasElement, board: UnitBoard, layout: CellLayout, palette: Palette, words: string) {
    this.#canvas = canvas;
    this.#board = board;
    this.#layout = layout;
    this.#palette = palette;
    this.#words = words;
  }

  /** Everything, with `missing` hollow cells for what has not reported yet. */
  all(missing: number, palette = this.#palette): void {
    this.#palette = palette;
    this.#resize(missing);
    this.#hollow = { count: 0, top: this.missingTop };
    this.#labelled = 0;
    this.#labels();
    for (const band of this.#layout.bands) {
      const cells = Math.ceil(band.units.length / this.#layout.perCell);
      for (let cell = 0; cell < cells; cell++) this.#cell(band, cell);
    }
    this.#missing(missing);
  }

  /** The cells of these units. */
  cells(indexes: Iterable<number>, missing: number): void {
    if (this.#heightWith(missing) > this.#height) {
      this.all(missing);
      return;
    }
    const { top } = this.#hollow;
    if (top !== this.missingTop) this.#clearFrom(top - labelHeight);
    this.#labels();
    for (const index of indexes) {
      const at = this.#layout.cellOf(index);
      if (at) this.#cell(at.band, at.cell);
    }
    this.#missing(missing);
  }

  get #context(): CanvasRenderingContext2D {
    return this.#canvas.getContext('2d') as CanvasRenderingContext2D;
  }

  /** Where the hollow cells begin. */
  get missingTop(): number {
    return this.#layout.height + labelHeight;
  }

  #heightWith(missing: number): number {
    const { columns, perCell, size, height } = this.#layout;
    const rows = Math.ceil(missing / perCell / columns);
    return rows === 0 ? height : height + labelHeight + rows * size.pitch;
  }

  #resize(missing: number): void {
    const { columns, size } = this.#layout;
    const width = columns * size.pitch;
    this.#height = Math.max(this.#heightWith(missing), this.#height, size.pitch);
    const scale = Math.min(devicePixelRatio, Math.sqrt(mostPixels / (width * this.#height)));
    this.#canvas.width = Math.round(width * scale);
    this.#canvas.height = Math.round(this.#height * scale);
    this.#canvas.style.width = `${width}px`;
    this.#canvas.style.height = `${this.#height}px`;
    this.#context.setTransform(scale, 0, 0, scale, 0, 0);
  }

  #clearFrom(top: number): void {
    this.#context.clearRect(0, top, this.#layout.columns * this.#layout.size.pitch, this.#height - top + 1);
    this.#hollow = { count: 0, top: this.missingTop };
  }

  /** Of the bands that have come since. */
  #labels(): void {
    for (const { label, top } of this.#layout.bands.slice(this.#labelled)) if (label) this.#label(label, top);
    this.#labelled = this.#layout.bands.length;
  }

  #label(text: string, top: number): void {
    const context = this.#context;
    context.fillStyle = this.#palette.text;
    context.font = this.#palette.font;
    context.textBaseline = 'bottom';
    context.fillText(text, 0, top - 4, this.#layout.columns * this.#layout.size.pitch);
  }

  #cell(band: Band, cell: number): void {
    const { x, y } = this.#layout.positionOf(band, cell);
    this.#draw(x, y, worst(this.#layout.unitsOf(band, cell).map((index) => this.#board.stateOf(index))));
  }

  /** What has not reported yet. Of what is drawn already, only the cells that are too many go. */
  #missing(missing: number): void {
    const { columns, perCell, size } = this.#layout;
    const context = this.#context;
    const count = Math.ceil(missing / perCell);
    const top = this.missingTop;
    const before = this.#hollow;
    const isFewer = count <= before.count && count > 0;
    if (count === before.count) return;
    const width = columns * size.pitch;
    if (isFewer) context.clearRect(0, top - labelHeight, width, labelHeight);
    else this.#clearFrom(top - labelHeight);
    this.#hollow = { count, top };
    if (count === 0) return;
    this.#label(`${this.#words} (${missing.toLocaleString('en')})`, top);
    const place = (cell: number) =>
      [(cell % columns) * size.pitch, top + Math.floor(cell / columns) * size.pitch] as const;
    if (isFewer) {
      for (let cell = count; cell < before.count; cell++) context.clearRect(...place(cell), size.pitch, size.pitch);
      return;
    }
    const side = size.pitch - size.gap - 1;
    context.strokeStyle = this.#palette.line;
    context.lineWidth = 1;
    context.beginPath();
    for (let cell = 0; cell < count; cell++) {
      const [x, y] = place(cell);
      context.rect(x + 0.5, y + 0.5, side, side);
    }
    context.stroke();
  }

  #draw(x: number, y: number, state: number): void {
    const context = this.#context;
    const { pitch, gap } = this.#layout.size;
    const side = pitch - gap;
    context.clearRect(x, y, side, side);
    if (state === unitState.none) return;
    const { fills, mark } = this.#palette;
    if (state === unitState.REPLACED) {
      context.strokeStyle = fills[unitState.REPLACED];
      context.lineWidth = 1;
      context.strokeRect(x + 0.5, y + 0.5, side - 1, side - 1);
      this.#lines(fills[unitState.REPLACED], side / 10, [[x + 1, y + side - 1, x + side - 1, y + 1]]);
      return;
    }
    context.fillStyle = fills[state] ?? mark;
    context.fillRect(x, y, side, side);
    const inset = side * 0.28;
    const [left, right, top, bottom] = [x + inset, x + side - inset, y + inset, y + side - inset];
    if (state === unitState.FAILED && side >= 8) {
      this.#lines(mark, side / 8, [
        [left, top, right, bottom],
        [left, bottom, right, top],
      ]);
    } else if (state === unitState.FAILED) this.#notch(mark, x, y, side);
    else if (side >= 20) {
      const [low, across] = [y + side * 0.68, x + side * 0.44];
      this.#lines(mark, side / 9, [
        [left, y + side * 0.52, across, low],
        [across, low, right, y + side * 0.34],
      ]);
    }
  }

  #lines(color: string, width: number, lines: readonly (readonly [number, number, number, number])[]): void {
    const context = this.#context;
    context.strokeStyle = color;
    context.lineWidth = Math.max(1, width);
    context.lineCap = 'square';
    context.beginPath();
    for (const [fromX, fromY, toX, toY] of lines) {
      context.moveTo(fromX, fromY);
      context.lineTo(toX, toY);
    }
    context.stroke();
  }

  /** The right upper corner is missing. */
  #notch(color: string, x: number, y: number, side: number): void {
    const context = this.#context;
    context.fillStyle = color;
    context.beginPath();
    context.moveTo(x + side * 0.3, y);
    context.lineTo(x + side, y);
    context.lineTo(x + side, y + side * 0.7);
    context.fill();
  }
}

/** What a cell of several units shows: a failure before all else. */
export function worst(states: readonly number[]): number {
  for (const state of [unitState.FAILED, unitState.SUCCEEDED, unitState.REPLACED])
    if (states.includes(state)) return state;
  return unitState.none;
}
