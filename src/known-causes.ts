import { readFileSync, statSync } from 'node:fs';
import { KnownCauses, KnownCausesError } from './domain/causes/known-causes.js';
import { StartError } from './storage/start-error.js';

/** A file of known causes is written by hand. */
const largest = 1024 * 1024;

/** C5: reads and judges the file that STEPCAST_KNOWN_CAUSES names, at start. Throws a StartError that says all that is wrong with it. */
export function readKnownCauses(file: string | undefined): KnownCauses {
  if (file === undefined) return KnownCauses.none;
  try {
    return KnownCauses.of(parsed(textOf(file)));
  } catch (error) {
    const faults =
      error instanceof KnownCausesError ? error.faults : [error instanceof Error ? error.message : `${error}`];
    const lines = faults.slice(0, 20).map((fault) => `\n  ${fault}`);
    const rest = faults.length > lines.length ? `\n  … and ${faults.length - lines.length} more` : '';
    throw new StartError(`STEPCAST_KNOWN_CAUSES: ${file} cannot be used:${lines.join('')}${rest}`, { cause: error });
  }
}

function textOf(file: string): string {
  const { size } = statSync(file);
  if (size > largest) throw new Error(`expected a file of at most ${largest} bytes, got ${size}`);
  return readFileSync(file, 'utf8').replace(/^\ufeff/, '');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`expected JSON: ${(error as Error).message}`, { cause: error });
  }
}
