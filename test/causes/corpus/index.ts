import { ansible } from './ansible.js';
import { go } from './go.js';
import { infrastructure } from './infrastructure.js';
import { java } from './java.js';
import { node } from './node.js';
import { python } from './python.js';
import { shell } from './shell.js';
import type { Sample } from './variant.js';

/** Failures of every kind of program, each a cause of its own. */
export const kinds: Readonly<Record<string, readonly Sample[]>> = {
  python,
  node,
  java,
  go,
  ansible,
  infrastructure,
  shell,
};
