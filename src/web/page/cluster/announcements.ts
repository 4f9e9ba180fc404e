import type { Operation, Step } from 'stepcast/client';
import type { Look } from '../ui/state.js';
import { doing, lookWords } from '../ui/state-words.js';
import { failures, nameOf } from './words.js';

/** What of an operation is told to those who do not see it. */
export interface Told {
  readonly operation: Operation | null;
  readonly steps: readonly Step[];
  readonly looks: ReadonlyMap<string, Look>;
}

/** What happened between two states, in sentences; counts that go up are nothing that happened. */
export function happenings(before: Told, after: Told): string[] {
  const { operation } = after;
  if (!operation) return [];
  if (before.operation?.id !== operation.id) return before.operation ? [`${doing[operation.type]} began.`] : [];
  const hadFailures = before.steps.some(({ failed }) => failed > 0);
  const known = new Map(before.steps.map((step) => [step.id, step]));
  const told: string[] = [];
  for (const step of after.steps) {
    const look = after.looks.get(step.id);
    const earlier = before.looks.get(step.id) ?? 'planned';
    const isFirst = !hadFailures && step.failed > 0 && (known.get(step.id)?.failed ?? 0) === 0;
    if (isFirst) told.push(`First failure: step ${step.position + 1}, ${nameOf(step, 60)}, ${failures(step)}.`);
    else if (look && look !== earlier && look !== 'planned' && look !== 'skipped')
      told.push(stepSentence(step, look, earlier));
  }
  if (before.operation.state !== operation.state) told.push(operationSentence(operation));
  return told;
}

function stepSentence(step: Step, look: Look, earlier: Look): string {
  const name = `Step ${step.position + 1}, ${nameOf(step, 60)},`;
  if (look === 'running') return earlier === 'planned' ? `${name} began.` : `${name} goes on.`;
  if (look === 'failing' && earlier !== 'stalled') return `${name} is failing: ${failures(step)}.`;
  if (look === 'failing') return `${name} goes on.`;
  if (look === 'stalled') return `${name} is stalled.`;
  if (look === 'succeeded' && earlier === 'failing') return `${name} has recovered and succeeded.`;
  return `${name} ${look === 'cancelled' || look === 'interrupted' ? 'was ' : ''}${lookWords[look]}.`;
}

function operationSentence({ type, state }: Operation): string {
  const what = doing[type];
  switch (state) {
    case 'RUNNING':
      return `${what} runs again.`;
    case 'SUCCEEDED':
      return `${what} succeeded.`;
    case 'FAILED':
      return `${what} failed.`;
    case 'CANCELLED':
      return `${what} was cancelled.`;
    case 'INTERRUPTED':
      return `${what} was interrupted.`;
  }
}
