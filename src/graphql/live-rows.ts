import type { Cluster } from '../domain/cluster.js';
import type { Operation } from '../domain/operation.js';
import type { Page } from '../domain/ports.js';
import type { Step } from '../domain/step.js';
import type { ClusterView } from '../fanout/cluster-view.js';

/** Rows that need not be read: named as the loaders are, by the same ids. Undefined is what is not in memory. */
export interface LiveRows {
  cluster(id: string): Cluster | undefined;
  newestOperation(clusterId: string): Operation | null | undefined;
  operation(id: string): Operation | undefined;
  step(id: string): Step | undefined;
  stepsOfCluster(clusterId: string): readonly Step[] | undefined;
  currentSteps(clusterId: string): readonly Step[] | undefined;
  stepsOfOperation(operationId: string): readonly Step[] | undefined;
  operationPage(clusterId: string, page: Page<number>): readonly Operation[] | undefined;
  /** A cluster's steps, that were read after the message was made, as they were when it was. */
  asOfMessage(clusterId: string, steps: readonly Step[]): readonly Step[];
}

const all = Number.POSITIVE_INFINITY;

/** What the view of a message's cluster holds, as it was at the message's revision. */
export function liveRows(view: ClusterView): LiveRows {
  const { cluster, newest } = view;
  const isOwn = (id: string) => id === cluster.id;
  const newestSteps = () => (newest && view.stepsOf(newest.id)) ?? [];
  return {
    cluster: (id) => (isOwn(id) ? cluster : undefined),
    newestOperation: (id) => (isOwn(id) ? newest : undefined),
    operation: (id) => view.operation(id),
    step: (id) => view.step(id),
    stepsOfCluster: (id) => (isOwn(id) && view.isComplete ? view.last(all).steps : undefined),
    currentSteps: (id) => (isOwn(id) ? newestSteps() : undefined),
    stepsOfOperation: (id) => view.stepsOf(id),
    operationPage: (id, page) => (isOwn(id) ? newestOperations(view, page) : undefined),
    asOfMessage: (id, steps) => (isOwn(id) ? [...older(view, steps), ...view.last(all).steps] : steps),
  };
}

/** Those of operations before the view's, which change no more (O2). */
const older = (view: ClusterView, steps: readonly Step[]) =>
  steps.filter(({ operationId, revision }) => revision <= view.cluster.revision && !view.stepsOf(operationId));

/** The first page of the operations, newest first; undefined of what the view does not reach. */
function newestOperations(
  view: ClusterView,
  { first, after, before, backward = false }: Page<number>,
): readonly Operation[] | undefined {
  if (after !== undefined || before !== undefined || backward || !view.reaches(first)) return undefined;
  return view.last(first).operations.toReversed();
}
