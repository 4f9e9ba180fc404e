import type { GraphQLError } from 'graphql';
import { cut } from '../../domain/shown.js';
import { exceeded, variableLimits } from './limits.js';

/**
 * Why variables are more than any operation takes, or null. Costs at most as much as the limits allow, whatever comes:
 * coercing the same values would take many times longer.
 */
export function excessiveVariables(variables: unknown): GraphQLError | null {
  const { depth, listItems, values } = variableLimits;
  const left: Place[] = [{ value: variables, name: 'variables', depth: 0 }];
  let seen = 0;
  for (let place = left.pop(); place; place = left.pop()) {
    const { value, name } = place;
    if (typeof value !== 'object' || value === null) continue;
    if (place.depth >= depth) return exceeded(`expected variables at most ${depth} levels deep, got deeper ones`);
    const list = Array.isArray(value);
    if (list && value.length > listItems) {
      return exceeded(`expected at most ${listItems} ${cut(name, 80)}, got ${value.length}`);
    }
    for (const key in value) {
      seen += 1;
      if (seen > values) return exceeded(`expected at most ${values} values in variables, got more`);
      const child = (value as Record<string, unknown>)[key];
      if (typeof child === 'object') left.push({ value: child, name: list ? name : key, depth: place.depth + 1 });
    }
  }
  return null;
}

interface Place {
  readonly value: unknown;
  /** Of the nearest key. */
  readonly name: string;
  readonly depth: number;
}
