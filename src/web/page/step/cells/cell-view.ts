import type { LiveUnits } from '../../live/units.js';
import { CellLayout } from './layout.js';
import { Painter } from './painter.js';
import { onPaletteChange, paletteOf } from './palette.js';

/** What is under the pointer: units, or a cell of what has not reported yet. */
export interface Pointed {
  readonly units: readonly number[];
  /** Where the cell is within the canvas, in px. */
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

/**
 * A canvas of cells that follows a step's units. Invariant: what is drawn is the board as of the last frame; cells are laid
 * out anew only when the canvas has another width.
 */
export class CellView {
  readonly #canvas: HTMLCanvasElement;
  readonly #units: LiveUnits;
  readonly #release: (() => void)[] = [];
  readonly #missingWords: string;
  #layout!: CellLayout;
  #painter!: Painter;
  #columns = 0;
  #missing = 0;

  constructor(canvas: HTMLCanvasElement, units: LiveUnits, missing: number, missingWords: string) {
    this.#canvas = canvas;
    this.#units = units;
    this.#missing = missing;
    this.#missingWords = missingWords;
    this.#layOut();
    const observer = new ResizeObserver(() => {
      if (this.#width !== this.#columns) this.#layOut();
    });
    if (canvas.parentElement) observer.observe(canvas.parentElement);
    this.#release.push(
      () => observer.disconnect(),
      onPaletteChange(() => this.#painter.all(this.#missing, paletteOf(canvas))),
      units.store.subscribe(() => this.#update()),
    );
  }

  /** How many have not reported yet. */
  set missing(missing: number) {
    if (missing === this.#missing) return;
    this.#missing = missing;
    this.#painter.cells([], missing);
  }

  /** Whether there are units behind those of other groups, because they came later. */
  get isContinued(): boolean {
    return this.#layout.isContinued;
  }

  /** Lays the cells out anew, in order. */
  putInOrder(): void {
    this.#layOut();
  }

  close(): void {
    for (const release of this.#release) release();
  }

  /** What is at a point of the canvas. Null where nothing is. */
  at(x: number, y: number): Pointed | null {
    const hit = this.#layout.hit(x, y);
    if (!hit) return null;
    const { pitch, gap } = this.#layout.size;
    return {
      units: this.#layout.unitsOf(hit.band, hit.cell),
      ...this.#layout.positionOf(hit.band, hit.cell),
      side: pitch - gap,
    };
  }

  get #width(): number {
    return this.#canvas.parentElement?.clientWidth ?? 300;
  }

  #layOut(): void {
    const { board } = this.#units;
    this.#columns = this.#width;
    this.#layout = new CellLayout(board.units, this.#width, board.count + this.#missing);
    this.#painter = new Painter(this.#canvas, board, this.#layout, paletteOf(this.#canvas), this.#missingWords);
    board.takeChanged();
    this.#painter.all(this.#missing);
  }

  #update(): void {
    const { board } = this.#units;
    const changed = board.takeChanged();
    if (changed === null) {
      this.#layOut();
      return;
    }
    this.#layout.extend(board.units);
    this.#painter.cells(changed, this.#missing);
  }
}
