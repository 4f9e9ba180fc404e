import type { StepProps } from './step-panel.js';

export const UnitsTab = ({ step }: StepProps) => <p>{step.summary}</p>;
