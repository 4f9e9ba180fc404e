import { ansible } from './formats/ansible.js';
import { cloudInit } from './formats/cloud-init.js';
import { go } from './formats/go.js';
import { java } from './formats/java.js';
import { node } from './formats/node.js';
import { openstack } from './formats/openstack.js';
import { python } from './formats/python.js';
import { shell } from './formats/shell.js';
import { terraform } from './formats/terraform.js';
import type { Format, Reason } from './reason.js';
import { linesOf, plain } from './text.js';

/** What wraps other texts comes first. The last knows every text. */
const formats: readonly Format[] = [ansible, terraform, openstack, cloudInit, python, java, node, go, shell];

/** Texts within texts that are looked into: Ansible's result of a module whose stderr is a traceback. */
const deepest = 4;

/** The reason in an error's text: of the deepest cause, and where in the caller's own code that was raised. */
export const reasonOf = (text: string): Reason => cutAt(plain(text), 0);

function cutAt(text: string, depth: number): Reason {
  const lines = linesOf(text);
  const usable = depth < deepest ? formats : formats.slice(-1);
  for (const format of usable) {
    const reason = format(text, lines, (inner) => cutAt(inner, depth + 1));
    if (reason) return reason;
  }
  return { text: '', frame: null };
}
