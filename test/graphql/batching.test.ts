import { type GraphQLObjectType, getNamedType, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { documentLimits } from '../../src/graphql/limits/limits.js';
import { loadSchema } from '../../src/graphql/schema.js';
import { seed } from '../storage/seed.js';
import { openPool } from '../support/database.js';
import { startCountedApp, statementsOf } from '../support/statements.js';
import { ask } from './ask.js';

let app: Awaited<ReturnType<typeof startCountedApp>>;
beforeAll(async () => {
  app = await startCountedApp();
  await fill('one', 1);
  await fill('ten', 10);
});
afterAll(() => app.close());

const cause = `INSERT INTO step_cause VALUES ($1, $2, $3, 'a pattern', 1, 1, now(), now(), $4)`;

/** So many clusters, each with three operations, the last of which runs, with two steps, and two events and causes each. */
async function fill(name: string, clusters: number): Promise<void> {
  const pool = openPool({ connectionString: app.databaseUrl });
  const rows = seed(pool);
  for (let count = 0; count < clusters; count += 1) {
    const cluster = await rows.cluster({ tenant_id: 'default', name });
    let revision = 0;
    for (const number of [1, 2, 3]) {
      const operation = await rows.operation(cluster, { number, state: number === 3 ? 'RUNNING' : 'SUCCEEDED' });
      for (const position of [0, 1]) {
        const step = await rows.step(operation, { position, state: 'SUCCEEDED' });
        for (let event = 0; event < 2; event += 1) {
          revision += 1;
          const { id } = await rows.event(step, { revision, event_info: 'text' });
          await pool.query(cause, [step.tenant_id, step.id, `${event}`, id]);
        }
      }
    }
  }
  await pool.end();
}

/** The statements by which the server reads what a query asks for. */
async function reads(query: string): Promise<string[]> {
  const { statements } = await statementsOf(() => ask(app.url, query));
  return statements.filter((text) => /event_info|SELECT[^;]*cluster/.test(text));
}

/**
 * Every way down from a type, as selections: each ends at a field of its own, with a leaf in it. A way ends where it has come
 * back to a type that it has passed, or would be too deep.
 */
function ways(type: GraphQLObjectType, passed: readonly string[] = []): string[] {
  if (passed.includes(type.name)) return [];
  return Object.values(type.getFields()).flatMap((field) => {
    const inner = getNamedType(field.type);
    if (!isObjectType(inner)) return leaves.has(`${type.name}.${field.name}`) ? [field.name] : [];
    const first = field.args.some(({ name }) => name === 'first') ? '(first: 2)' : '';
    const leaf = Object.values(inner.getFields()).find((field) => !isObjectType(getNamedType(field.type)));
    const own = leaf ? [`${field.name}${first} { ${leaf.name} }`] : [];
    return [...own, ...ways(inner, [...passed, type.name]).map((way) => `${field.name}${first} { ${way} }`)];
  });
}

/** Leaves that read. */
const leaves = new Set(['ClusterOperation.progress', 'ClusterEvent.eventInfo']);

describe('a field of a list never costs a statement for each of its objects', () => {
  const cluster = loadSchema().getType('Cluster') as GraphQLObjectType;
  const allowed = ways(cluster).filter((way) => way.split('{').length + 2 <= documentLimits.depth);
  test.each(allowed)('clusters { nodes { %s } }', async (way) => {
    const of = (name: string) => reads(`{ clusters(first: 10, filter: { name: "${name}" }) { nodes { ${way} } } }`);
    const [one, ten] = [await of('one'), await of('ten')];
    expect(one).not.toEqual([]);
    expect(ten, ten.join('\n')).toHaveLength(one.length);
  });
});

test('the same list with other arguments is one more statement, whatever the number of clusters', async () => {
  const query = `{ clusters(first: 10, filter: { name: "ten" }) { nodes {
    a: events(first: 1) { nodes { id } } b: events(first: 2) { nodes { id } } c: events(first: 2) { pageInfo { endCursor } }
    d: operations(first: 1) { nodes { id } } e: operations(first: 2) { nodes { steps { events(first: 1) { nodes { id } } } } }
  } } }`;
  expect(await reads(query)).toHaveLength(7);
});

test('fifty plugins by name are one statement', async () => {
  const fields = Array.from({ length: 50 }, (_, index) => `p${index}: plugin(name: "${index}") { name }`);
  const { statements } = await statementsOf(() => ask(app.url, `{ ${fields.join(' ')} }`));
  expect(statements.filter((text) => /FROM .*plugin/.test(text))).toHaveLength(1);
});
