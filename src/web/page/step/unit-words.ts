import type { Operation, Step } from 'stepcast/client';
import type { UnitBoard, UnitName } from '../live/unit-board.js';
import type { Look } from '../ui/state.js';
import { shown } from '../ui/text.js';

/** What a unit is called: its name, else its id. */
export function nameOf({ instanceName, instanceId, key }: UnitName): string {
  const name = instanceName ?? instanceId ?? key;
  return name === itself ? 'the step itself' : shown(name);
}

/** What a unit is found by in the address. Null: reports of it name no instance. */
export const addressOfUnit = ({ instanceName, instanceId }: Omit<UnitName, 'key'>): string | null =>
  instanceName ?? instanceId;

/** The key of the one unit of a step whose reports name no instance. */
const itself = 's:';

export const stateWords = { 0: 'erased', 1: 'done', 2: 'failed', 3: 'replaced' } as const;
export const stateLooks = { 0: 'planned', 1: 'succeeded', 2: 'failed', 3: 'cancelled' } as const satisfies Record<
  number,
  Look
>;

/** A number with its thousands set apart. */
export const inFigures = (count: number): string => count.toLocaleString('en');

export const many = (count: number, one: string, several = `${one}s`): string =>
  `${inFigures(count)} ${count === 1 ? one : several}`;

/** How many units are still to report for the first time. Null: the total is not known. */
export const notReported = ({ total, completed, failed }: Step): number | null =>
  total === null || total === undefined ? null : Math.max(0, total - completed - failed);

/** What is said of units that have not reported: while more may come, or when none will. */
export const missingWords = ({ state }: Step, operation: Operation | undefined): string =>
  state === 'CANCELLED' || state === 'SKIPPED' || (operation && operation.state !== 'RUNNING')
    ? 'never reported'
    : 'not reported yet';

/** What the cells show, for who cannot see them. */
export function cellsInWords(board: UnitBoard, step: Step, operation: Operation | undefined): string {
  const [, succeeded, failed, replaced] = board.counts;
  const parts = [`${inFigures(succeeded)} done`, `${inFigures(failed)} failed`];
  if (replaced > 0) parts.push(`${inFigures(replaced)} replaced`);
  const missing = notReported(step);
  if (missing) parts.push(`${inFigures(missing)} ${missingWords(step, operation)}`);
  return `Units of ${shown(step.stepName)}: ${parts.join(', ')}`;
}
