import type { Step } from 'stepcast/client';
import type { Look } from '../ui/state.js';
import type { Earlier } from './usual.js';

/** All of them primitives or kept as they are, so that a row is rendered only when something of it has changed. */
export interface StepRowProps {
  readonly step: Step;
  readonly look: Look;
  /** The operation's. */
  readonly startedAt: string;
  readonly completedAt: string | null;
  readonly earlier: Earlier | undefined;
  readonly expectedFrom: number | undefined;
  readonly expectedTo: number | undefined;
  readonly href: string;
  readonly isSelected: boolean;
  /** It is the one that runs. */
  readonly isRunning: boolean;
  /** Something of it failed before anything of another step did. */
  readonly isFirstFailure: boolean;
  /** When something of it failed first. */
  readonly failedAt: string | undefined;
  /** What failed was retried well. */
  readonly isRecovered: boolean | undefined;
  /** Why steps of the operation did not start. */
  readonly whySkipped: string;
}
