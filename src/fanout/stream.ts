/**
 * Something that readers follow. A reader is a position in it, a number; the stream says what a reader at a position
 * has not seen. Nothing is queued for anyone: a slow reader asks later, and gets the newest (W5).
 */
export interface Stream {
  /** Tells it from the other streams of its feed. */
  readonly key: string;
  /** Where a reader is that has seen everything. */
  readonly head: number;
  /** Grows whenever an answer of `next` may have become another. */
  readonly version: number;
  /** No more will come once a reader has reached the head (W7). */
  readonly ended: boolean;
  /**
   * The next message for readers at `position` (null: from the start), and where it takes them. A null payload says
   * that nothing up to there concerns them. `owed`: they get one even if nothing is new, having had none or been promised one.
   */
  next(position: number | null, owed: boolean): Message | Promise<Message>;
}

export interface Message {
  readonly payload: object | null;
  readonly position: number;
  /** Whether the reader was promised another message, and gets one even if nothing is new. */
  readonly promising?: boolean;
}
