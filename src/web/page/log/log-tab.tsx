import type { Cluster, Step } from 'stepcast/client';

/** A step's part of the log, live. */
export const LogTab = ({ step }: { cluster: Cluster; step: Step }) => <p>{step.summary}</p>;
