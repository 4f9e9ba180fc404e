/** Pixels from the end that count as being there: positions are fractions on scaled screens. */
const tolerance = 2;

/**
 * Whether the newest lines are followed. It ends as soon as the reader moves away from them, and begins again when the reader
 * comes back to the end. Invariant: positions that the page has set itself (`placed`) never count as the reader's.
 */
export class FollowRule {
  #following: boolean;
  #top = 0;
  #placed: number | null = null;

  constructor(following: boolean) {
    this.#following = following;
  }

  get following(): boolean {
    return this.#following;
  }
  set following(following: boolean) {
    this.#following = following;
  }

  /** The page has scrolled from one position to another. */
  placed(from: number, to: number): void {
    this.#top = to;
    // The browser tells of what has changed only.
    if (from !== to) this.#placed = to;
  }

  /** The browser tells of a position; `most` is that of the end, null where the end is not the newest. */
  scrolled(top: number, most: number | null): void {
    const isOwn = top === this.#placed;
    this.#placed = null;
    const before = this.#top;
    this.#top = top;
    if (isOwn) return;
    if (top < before) this.#following = false;
    else if (top > before && most !== null && top >= most - tolerance) this.#following = true;
  }

  /** The reader begins to move up, or selects text, or chooses a line. */
  leave(): void {
    this.#following = false;
  }
}
