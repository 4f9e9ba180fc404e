import type { StepProps } from './step-panel.js';

export const EarlierTab = ({ step }: StepProps) => <p>{step.summary}</p>;
