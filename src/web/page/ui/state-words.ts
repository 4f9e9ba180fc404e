import type { StepType } from 'stepcast/client';
import type { Look } from './state.js';

/** What an operation does, and has done. */
export const doing: Record<StepType, string> = { CREATING: 'Creating', SCALING: 'Scaling', DELETING: 'Deleting' };
export const done: Record<StepType, string> = { CREATING: 'Created', SCALING: 'Scaled', DELETING: 'Deleted' };

/** The word for a look. */
export const lookWords: Readonly<Record<Look, string>> = {
  planned: 'planned',
  running: 'running',
  failing: 'failing',
  stalled: 'stalled',
  succeeded: 'succeeded',
  failed: 'failed',
  skipped: 'skipped',
  cancelled: 'cancelled',
  interrupted: 'interrupted',
};
