import { Fault } from '../domain/errors.js';
import { shown } from '../domain/shown.js';
import { pageRows } from './limits.js';

/** The parameters of a query string, by name. */
export type Query = ReadonlyMap<string, string>;

/** Throws BAD_USER_INPUT for a parameter that the resource does not have, or that is given twice. */
export function readQuery(search: string, known: readonly string[]): Query {
  const query = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(search)) {
    if (!known.includes(name)) throw invalid(`a parameter of this path (${known.join(', ') || 'it has none'})`, name);
    if (query.has(name)) throw invalid(`${name} once`, value);
    query.set(name, value);
  }
  return query;
}

/** How many rows are asked for. More than a page may have is as many as it may have: `markers` lead to the rest. */
export function limitOf(query: Query): number {
  const text = query.get('limit') ?? String(pageRows.usual);
  if (!/^0*[1-9]\d*$/.test(text)) throw invalid('limit to be a whole number from 1 on', text);
  return Math.min(Number(text), pageRows.most);
}

/** `True`, as Python writes it, is true. */
export function flagOf(query: Query, name: string): boolean {
  const text = query.get(name) ?? 'false';
  if (!/^(true|false)$/i.test(text)) throw invalid(`${name} to be true or false`, text);
  return text.toLowerCase() === 'true';
}

export const invalid = (expected: string, got: unknown) =>
  new Fault('BAD_USER_INPUT', `expected ${expected}, got ${shown(got)}`);
