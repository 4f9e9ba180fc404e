/** Why something failed, cut out of an error's text. */
export interface Reason {
  /** The line that says it, not yet masked. */
  readonly text: string;
  /** Where in the caller's own code it was raised, without line numbers: `connect (ssh.py)`. */
  readonly frame: string | null;
}

/** One kind of text. Null when the text is of another kind. `inner` cuts a text that this one only wraps. */
export type Format = (text: string, lines: readonly string[], inner: (text: string) => Reason) => Reason | null;
