import type { Cluster, Operation, Step } from 'stepcast/client';

/** What a step's panel is given, and hands on to its tabs. */
export interface StepProps {
  readonly cluster: Cluster;
  readonly step: Step;
  /** The step's; undefined where it is not known. */
  readonly operation?: Operation | undefined;
  /** All of its operation. */
  readonly steps?: readonly Step[];
}
