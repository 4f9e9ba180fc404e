import type { Cluster, ErrorGroup, Event, FollowState, Operation, Step } from '../client/index.js';

/** Where a watched operation is shown. */
export interface Screen {
  /** Nothing runs on the cluster: what is shown next is yet to begin. */
  waiting(cluster: Cluster): void;
  /** An operation is shown for the first time. */
  begun(operation: Operation, cluster: Cluster): void;
  ended(operation: Operation, cluster: Cluster): void;
  /** Why an operation's units failed, before its end is shown: those of which units stand failed. */
  causes(groups: readonly ErrorGroup[]): void;
  /** A step has changed. `settled`: it will not change again; until then it is the current one. */
  step(step: Step, settled: boolean): void;
  failure(event: Event, step: Step): void;
  deleted(cluster: Cluster): void;
  connection(state: FollowState): void;
  /** Nothing further is shown. */
  close(): void;
}
