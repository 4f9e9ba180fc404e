import { isGeneric, tellingLine } from './generic.js';
import { masked } from './mask.js';
import type { Reason } from './reason.js';

/** One error of a printed stack: what it says, and where it was raised, innermost frame first. */
export interface Section {
  /** The message's lines, the first with the error's type. */
  readonly lines: readonly string[];
  readonly frames: readonly string[];
}

/**
 * The reason of errors that are printed from the outermost to the deepest: what the deepest says, then what the outermost
 * made of it, where that says more. `own` picks the topmost frame of the caller's own code.
 */
export function deepestOf(sections: readonly Section[], own: (frames: readonly string[]) => string | null): Reason {
  const outermost = sections[0] as Section;
  const deepest = sections.at(-1) as Section;
  const reason = said(deepest);
  const wrapper = said(outermost);
  const isSaid = outermost === deepest || contains(wrapper, reason) || isGeneric(wrapper);
  const text = isSaid ? (contains(wrapper, reason) ? wrapper : reason) : `${reason}, then ${wrapper}`;
  return { text, frame: own([...deepest.frames, ...outermost.frames]) };
}

/** `RuntimeException: ConnectException: refused` repeats its cause. */
const contains = (wrapper: string, reason: string) => masked(wrapper).includes(masked(reason));

function said({ lines: [head = '', ...more] }: Section): string {
  if (!isGeneric(head)) return head;
  return tellingLine(more) ?? head;
}
