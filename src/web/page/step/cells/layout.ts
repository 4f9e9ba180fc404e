import { orderKey } from '../../ui/natural-order.js';

/** Above this number, a cell stands for several units. */
const mostCells = 40_000;
/** Cells of more groups than this, or of groups smaller than `smallestGroup` units, are not set apart by group. */
const mostGroups = 24;
const smallestGroup = 3;
/** The group of units of whatever groups came later than that many. */
const others = 'other groups';
/** Height of a band's label, in px. */
export const labelHeight = 22;

export interface LaidOut {
  readonly nodeGroupId: string | null;
  readonly instanceName: string | null;
  readonly key: string;
}

/** Rows of cells. `capacity` is what its rows hold; a later unit of its group is put into what is free. */
export interface Band {
  /** Null: of all groups. */
  readonly group: string | null;
  readonly label: string | null;
  /** Where its cells begin, in px from the top. */
  readonly top: number;
  capacity: number;
  readonly units: number[];
}

export interface CellSize {
  /** From one cell to the next, in px. */
  readonly pitch: number;
  readonly gap: number;
}

/** The size of cells by how many there are: with an icon, with a cross, with a notch. */
export function cellSize(count: number): CellSize {
  if (count <= 200) return { pitch: 28, gap: 4 };
  return count <= 2_000 ? { pitch: 12, gap: 2 } : { pitch: 6, gap: 1 };
}

/** How many units a cell stands for. */
export const unitsPerCell = (count: number): number => Math.ceil(count / mostCells) || 1;

/**
 * Which cell is whose. Invariant: a unit that was placed keeps its cell; a new one goes behind the last of its group where
 * there is room, else into a further row if nothing is below, else into a new band behind all others, which has as many rows
 * as its group had before.
 */
export class CellLayout {
  readonly bands: Band[] = [];
  readonly columns: number;
  readonly perCell: number;
  readonly size: CellSize;
  #units: readonly (LaidOut | null)[];
  readonly #isGrouped: boolean;
  /** How many rows a group begins with that was not there before: fewer would soon be followed by others. */
  readonly #firstRows: number;
  readonly #bandOf: number[] = [];
  readonly #placeOf: number[] = [];
  readonly #last = new Map<string | null, Band>();
  readonly #rows = new Map<string | null, number>();

  /** `expected`: how many units there will be, as far as that is known. */
  constructor(units: readonly (LaidOut | null)[], width: number, expected = units.length) {
    const count = Math.max(units.length, expected);
    this.#units = units;
    this.perCell = unitsPerCell(count);
    this.size = cellSize(count);
    this.columns = Math.max(1, Math.floor((width + this.size.gap) / this.size.pitch));
    this.#firstRows = Math.ceil(count / this.perCell / this.columns / 16);
    const groups = new Set(units.flatMap((unit) => (unit ? [unit.nodeGroupId] : [])));
    this.#isGrouped = groups.size !== 1 && groups.size <= mostGroups && units.length >= smallestGroup * groups.size;
    const order = sorted(units);
    const sizes = new Map<string | null, number>();
    for (const index of order) sizes.set(this.#groupOf(index), (sizes.get(this.#groupOf(index)) ?? 0) + 1);
    for (const [group, size] of sizes) this.#open(group, Math.ceil(size / this.perCell / this.columns));
    for (const index of order) this.#place(index);
  }

  /** Of all cells, in px. */
  get height(): number {
    const last = this.bands.at(-1);
    return last ? last.top + (last.capacity / this.perCell / this.columns) * this.size.pitch : 0;
  }

  /** Whether a group has more than one band. */
  get isContinued(): boolean {
    return this.bands.length > this.#last.size;
  }

  /** How many units have a cell. */
  get placed(): number {
    return this.#placeOf.length;
  }

  /** Gives the units from `placed` on their cells. */
  extend(units: readonly (LaidOut | null)[]): void {
    this.#units = units;
    for (let index = this.placed; index < units.length; index++) this.#place(index);
  }

  #place(index: number): void {
    const group = this.#groupOf(index);
    let band = this.#last.get(group);
    if (!band || (band.units.length >= band.capacity && band !== this.bands.at(-1)))
      band = this.#open(group, this.#rows.get(group) ?? this.#firstRows);
    else if (band.units.length >= band.capacity) band.capacity += this.columns * this.perCell;
    this.#bandOf[index] = this.bands.indexOf(band);
    this.#placeOf[index] = band.units.push(index) - 1;
  }

  /** The band and the cell within it of a unit that was placed. */
  cellOf(index: number): { band: Band; cell: number } | null {
    const band = this.bands[this.#bandOf[index] ?? -1];
    return band ? { band, cell: Math.floor((this.#placeOf[index] ?? 0) / this.perCell) } : null;
  }

  /** Where a cell is, in px from the top left. */
  positionOf(band: Band, cell: number): { x: number; y: number } {
    const { pitch } = this.size;
    return { x: (cell % this.columns) * pitch, y: band.top + Math.floor(cell / this.columns) * pitch };
  }

  /** The units of a cell. */
  unitsOf(band: Band, cell: number): readonly number[] {
    return band.units.slice(cell * this.perCell, (cell + 1) * this.perCell);
  }

  /** The cell at a point, null where there is none. */
  hit(x: number, y: number): { band: Band; cell: number } | null {
    const { pitch } = this.size;
    const column = Math.floor(x / pitch);
    if (column < 0 || column >= this.columns) return null;
    const band = this.bands.findLast(({ top }) => top <= y);
    if (!band) return null;
    const cell = Math.floor((y - band.top) / pitch) * this.columns + column;
    return cell * this.perCell < band.units.length ? { band, cell } : null;
  }

  #groupOf(index: number): string | null {
    if (!this.#isGrouped) return null;
    const group = this.#units[index]?.nodeGroupId ?? '';
    return this.#last.size < mostGroups || this.#last.has(group) ? group : others;
  }

  #open(group: string | null, rows: number): Band {
    const isFirst = !this.#last.has(group);
    const label = group === null ? null : group || 'no node group';
    const band: Band = {
      group,
      label: label && !isFirst ? `${label}, continued` : label,
      top: this.height + (label ? labelHeight : 0),
      capacity: Math.max(1, rows) * this.columns * this.perCell,
      units: [],
    };
    this.bands.push(band);
    this.#last.set(group, band);
    this.#rows.set(group, (this.#rows.get(group) ?? 0) + Math.max(1, rows));
    return band;
  }
}

const keys = new WeakMap<LaidOut, string>();

/** What a unit is ordered by: its group, then its name. */
function keyOf(unit: LaidOut | null): string {
  if (!unit) return '';
  let key = keys.get(unit);
  if (key === undefined) {
    key = `${orderKey(unit.nodeGroupId ?? '')}\u0000${orderKey(unit.instanceName ?? unit.key)}`;
    keys.set(unit, key);
  }
  return key;
}

/** Indexes by node group, then by name, both in natural order. */
export function sorted(units: readonly (LaidOut | null)[]): number[] {
  const keys = units.map(keyOf);
  const compare = (a: number, b: number) => {
    const [left = '', right = ''] = [keys[a], keys[b]];
    return left < right ? -1 : left > right ? 1 : a - b;
  };
  return units.map((_, index) => index).sort(compare);
}
