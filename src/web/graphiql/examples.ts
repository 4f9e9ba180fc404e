import type { Newest } from './newest.js';

/** The operations of the cookbook, by their paths in it. */
const recipes = import.meta.glob<string>('../../../cookbook/**/*.graphql', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/**
 * A tab for each recipe of the cookbook: an operator's, which ask about the newest cluster, then a plugin author's, which
 * can be run one after another: ids are the caller's own, so they are made up here, the same ones in all tabs.
 */
export function examples({ errorId, instanceName, ...newest }: Newest) {
  const own = new Map([
    ['errorId', errorId ?? uuid()],
    ['instanceName', instanceName ?? 'worker-2'],
  ]);
  const authors = recipesOf('author').map((query) => tab(query, own));
  const operators = recipesOf('operator').map((query) => tab(query, new Map([...own, ...Object.entries(newest)])));
  // GraphiQL ignores the variables of its first tab: that recipe has none.
  return [...operators, ...authors];
}

const recipesOf = (reader: string) =>
  Object.keys(recipes)
    .filter((path) => path.includes(`/cookbook/${reader}/`))
    .toSorted()
    .map((path) => (recipes[path] as string).trim());

/** What may be left out is left as it is without. */
function tab(query: string, values: Map<string, string>) {
  const declared = [...query.matchAll(/\$(\w+): \w+(!?)(?: = (\w+))?/g)];
  if (declared.length === 0) return { query };
  const variables = declared.map(([, name = '', required, value = 'null']) => [
    name,
    required ? valueFor(name, values) : JSON.parse(value),
  ]);
  return { query, variables: JSON.stringify(Object.fromEntries(variables), null, 2) };
}

function valueFor(name: string, values: Map<string, string>): string {
  const value = values.get(name) ?? uuid();
  values.set(name, value);
  return value;
}

/** crypto.randomUUID is missing on pages loaded over plain HTTP from another machine. */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
