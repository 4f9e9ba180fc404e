import type { Step } from 'stepcast/client';
import { navigate } from 'wouter/use-browser-location';
import { addressOf } from '../address.js';

/** What in an address belongs to one step, and not to the next one. */
const ofOneStep = ['unit', 'cause', 'event'];

/** The search parameters that stay when another step is selected. */
export function keptParameters(search: string): string {
  const parameters = new URLSearchParams(search);
  for (const name of ofOneStep) parameters.delete(name);
  return parameters.toString();
}

/**
 * How a step is selected. `open`: the back button leads to the one before. `move`: from step to step by keys, which is one
 * entry of the history. `keep`: the one that is shown stays selected, whatever happens.
 */
export type Select = (step: Step, how: 'open' | 'move' | 'keep') => void;

/** How to select a step of an operation, which is in the address. */
export function selectIn(id: string, operation: string, chosen: Step | null): Select {
  return (step, how) => {
    if (step.id === chosen?.id) return;
    const search = how === 'keep' ? location.search.slice(1) : keptParameters(location.search);
    const replace = how === 'keep' || (how === 'move' && chosen !== null);
    navigate(addressOf({ id, operation, step: step.id }, search), { replace });
  };
}
