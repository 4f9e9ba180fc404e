/**
 * Where a subscriber stands in a stream: it has seen everything up to `seen`, counted as the stream counts (a revision, or a
 * number of changes), 0 or more.
 */
export interface Position {
  readonly seen: number;
  /**
   * How it came here, until it has had a message. `new`: it was told nothing before, so what is gone by now is nothing that
   * it missed. `lost`: it comes from where this history does not reach, and is to be told that it starts over.
   */
  readonly arrival?: 'new' | 'lost';
}

/** Of a subscriber that begins with what comes after `seen`. */
export const beginningAfter = (seen: number): Position => ({ seen, arrival: 'new' });

/** Of a subscriber that begins with everything there is. */
export const beginning = beginningAfter(0);

/** Of a subscriber whose cursor is newer than what is there, or of another history (W1, W4). */
export const startingOver: Position = { seen: 0, arrival: 'lost' };

/** The same text for the same position only. */
export const textOf = ({ seen, arrival }: Position): string => `${seen} ${arrival ?? ''}`;
