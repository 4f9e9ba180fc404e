/** How often a step's units failed of one cause, as it is kept: counted with each report, never on reading. */
export interface StepCause {
  readonly tenantId: string;
  readonly provisionStepId: string;
  /** The cause's, or `otherCauses`. */
  readonly hash: string;
  readonly pattern: string;
  /** Failures that were reported of it. */
  readonly reports: number;
  /** Units that stand failed of it, the step's own failure (S5a) counted as one. */
  readonly units: number;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  /** The first failure that was recorded of it. */
  readonly sampleId: string;
}

/** Distinct causes that a step keeps apart. */
export const mostCauses = 200;

/** The hash of all that come beyond them, together. */
export const otherCauses = '';
