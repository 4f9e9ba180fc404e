import { fingerprint } from '../fingerprint.js';
import { cut } from '../shown.js';
import { reasonOf } from './cut.js';
import { masked } from './mask.js';

/** Why a unit failed, as it is told from other reasons: failures of one cause have one hash. */
export interface Cause {
  readonly hash: string;
  /** What they have in common: the masked reason, then on a line of its own where it was raised, if that is known. */
  readonly pattern: string;
}

/** Which cuts and masks these are. A change of them is a new version: causes that were counted before stay as they are. */
const version = 1;

/**
 * The cause of a failure: its text cut to the deepest cause and the topmost own frame, and masked. A reporter's own
 * fingerprint goes before all: it alone decides. Never throws, whatever the text, and looks at a bounded part of it.
 */
export function causeOf(eventInfo: string | null, ownFingerprint: string | null = null): Cause {
  if (ownFingerprint !== null) return hashed('own', cut(ownFingerprint, longestTitle));
  const { text, frame } = reasonOf(eventInfo ?? '');
  const reason = masked(text) || nothing;
  return hashed('cut', frame === null ? reason : `${reason}\n${masked(frame)}`);
}

const nothing = '(no text)';

const hashed = (kind: 'own' | 'cut', pattern: string): Cause => ({
  hash: `${kind === 'own' ? 'f' : 'c'}${fingerprint([version, kind, pattern])}`,
  pattern,
});

/** Whether a cause is what its reporter said it is: then it is like no other. */
export const isOwn = (hash: string) => hash.startsWith('f');

const longestTitle = 255;

/** A cause in one line. */
export const titleOf = (pattern: string) => cut(pattern.split('\n', 1)[0] ?? '', longestTitle);

/** Where it was raised, if that is known. */
export const raisedIn = (pattern: string) => pattern.split('\n', 2)[1] ?? null;
