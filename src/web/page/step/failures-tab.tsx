import type { StepProps } from './step-panel.js';

export const FailuresTab = ({ step }: StepProps) => <p>{step.summary}</p>;
