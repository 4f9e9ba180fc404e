import { readFileSync } from 'node:fs';
import { getIntrospectionQuery, getNamedType, isListType, isNonNullType, isObjectType, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { local } from '../../src/auth/everybody.js';
import { createCost } from '../../src/graphql/limits/cost.js';
import { createPrepareOperation, isErrors, type OperationRequest } from '../../src/graphql/prepare.js';
import { loadSchema } from '../../src/graphql/schema.js';
import { causes } from '../support/causes.js';

const schema = loadSchema();
const prepare = createPrepareOperation(schema);

/** Code and message of what an operation is refused with; nothing of one that is not. */
function refusal(query: string, variables: OperationRequest['variables'] = {}) {
  const result = prepare({ query, variables }, local.caller);
  return isErrors(result) ? causes(result) : [];
}

const passes = (query: string, variables?: object) =>
  expect(refusal(query, variables as OperationRequest['variables'])).toEqual([]);
const exceeds = (message: RegExp | string, query: string, variables?: object) =>
  expect(refusal(query, variables as OperationRequest['variables'])).toEqual([
    { code: 'LIMIT_EXCEEDED', message: typeof message === 'string' ? message : expect.stringMatching(message) },
  ]);

const repeated = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => make(i)).join(' ');

describe('a document', () => {
  test('has at most 2000 tokens', () => {
    passes(`{ ${'viewer { tenantId } '.repeat(49)} }`);
    exceeds(
      /^expected a document of at most 2000 tokens, got more: give values as variables/,
      `{ viewer { ${'tenantId '.repeat(2000)} } }`,
    );
  });

  test('has at most 262144 characters', () => {
    exceeds(
      /^expected a document of at most 262144 characters, got 300020/,
      `{ viewer { tenantId }${' '.repeat(300_000 - 2)}}`,
    );
  });

  test('has at most 100 aliases', () => {
    passes(`{ viewer { ${repeated(100, (i) => `a${i}: tenantId`)} } }`);
    exceeds(
      /^expected at most 100 aliases in a document, got 101/,
      `{ viewer { ${repeated(101, (i) => `a${i}: tenantId`)} } }`,
    );
  });

  test('has at most 50 root fields, those in fragments included', () => {
    const fields = (count: number) => repeated(count, (i) => `a${i}: viewer { tenantId }`);
    passes(`{ ${fields(50)} }`);
    exceeds(/^expected at most 50 root fields in a document, got 51/, `{ ${fields(51)} }`);
    exceeds(
      /^expected at most 50 root fields in a document, got 51/,
      `{ viewer { tenantId } ...F } fragment F on Query { ${fields(50)} }`,
    );
  });

  test('has at most 50 directives and 100 fragments', () => {
    const fields = repeated(51, (i) => `a${i}: tenantId @include(if: true)`);
    exceeds(/^expected at most 50 directives in a document, got 51/, `{ viewer { ${fields} } }`);
    const fragments = repeated(101, (i) => `fragment F${i} on Viewer { roles }`);
    exceeds(/^expected at most 100 fragments in a document, got 101/, `{ viewer { roles } } ${fragments}`);
  });

  test('is at most 12 fields deep: enough for whatever the schema leads to', () => {
    const chain = (levels: number) => {
      const fragments = repeated(levels, (i) => `fragment F${i} on Cluster { a { ...F${i + 1} } }`);
      return `{ cluster { ...F0 } } ${fragments} fragment F${levels} on Cluster { a }`;
    };
    exceeds(/^expected at most 12 levels of fields in a document, got 13/, chain(11));
    passes(`{ clusters(first: 1) { edges { node { operations(first: 1) { edges { node {
      steps { events(first: 1) { edges { node { id } } } } } } } } } } }`);
  });

  test('selects at most 50 fields again: validation compares each with each', () => {
    const again = (count: number) => repeated(count, () => 'currentStep { id }');
    passes(`{ clusters { nodes { ${again(51)} } } }`);
    exceeds(
      /^expected at most 50 fields selected again in a document, got 51/,
      `{ clusters { nodes { ${again(52)} } } }`,
    );
    const inline = `{ clusters { nodes { ${repeated(52, () => '... { currentStep { id } }')} } } }`;
    exceeds(/^expected at most 50 fields selected again in a document, got 51/, inline);
  });

  test('that spreads fragments in a circle, or one twice, is left to validation', () => {
    expect(refusal('{ viewer { ...a } } fragment a on Viewer { ...b } fragment b on Viewer { ...a }')).toEqual([
      { code: 'BAD_USER_INPUT', message: expect.stringContaining('Cannot spread fragment') },
    ]);
  });
});

test.each([
  {},
  { descriptions: false },
  {
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    schemaDescription: true,
    inputValueDeprecation: true,
    oneOf: true,
  },
])('what tools ask of the schema passes: %o', (options) => passes(getIntrospectionQuery(options)));

test('a schema asked for many times over is refused', () => {
  const types = repeated(20, (i) => `a${i}: types { fields { type { fields { name } } } }`);
  exceeds(/^expected a request of at most 10000 objects, got \d+/, `{ __schema { ${types} } }`);
});

describe('a request', () => {
  test('has at most 10000 objects: pages are multiplied down', () => {
    const query = (clusters: number, events: number) =>
      `{ clusters(first: ${clusters}) { nodes { events(first: ${events}) { nodes { id } } } } }`;
    passes(query(50, 100));
    exceeds(/^expected a request of at most 10000 objects in pages, got 250500: give a smaller first/, query(500, 500));
  });

  test('counts a page from the end as one from the beginning', () => {
    exceeds(/got 250500/, '{ clusters(last: 500) { nodes { events(last: 500) { nodes { id } } } } }');
    passes('{ clusters(last: 10) { nodes { events(last: 10) { nodes { id } } } } }');
  });

  test('counts what fragments select of objects found by their ids, each as often as there may be ids', () => {
    const query = (first: number) =>
      `{ nodes(ids: []) { id ...F } } fragment F on Node { ... on Cluster { events(first: ${first}) { nodes { id } } } }`;
    passes(query(50));
    exceeds(/^expected a request of at most 10000 objects/, query(200));
    exceeds(/got 25050/, '{ failures(first: 50) { nodes { cluster { events(first: 500) { nodes { id } } } } } }');
  });

  test('is judged with its variables, their defaults, and those of the schema', () => {
    const query = (declared: string) => `query (${declared}, $on: Boolean = true) {
      clusters(first: 500) { nodes { events(first: $first) @include(if: $on) { nodes { id } } } }
    }`;
    passes(query('$first: Int'), { first: 10 });
    exceeds(/got 250500/, query('$first: Int'), { first: 500 });
    exceeds(/got 100500/, query('$first: Int = 200'));
    exceeds(/got 50500/, query('$first: Int'));
    exceeds(/got 50500/, query('$first: Int'), { first: null });
    passes(query('$first: Int'), { first: 500, on: false });
    expect(refusal(query('$first: Int'), { first: -1 })).toEqual([]);
  });

  test('has at most 200 statements, however many objects each is for', () => {
    const reads = (count: number) => repeated(count, (i) => `a${i}: events(first: ${i + 1}) { nodes { id } }`);
    passes(`{ clusters(first: 1) { nodes { ${reads(100)} } } }`);
    const fields = `...F ...G ...H`;
    const doc = `{ ${repeated(3, (i) => `c${i}: cluster(id: "${i}") { ...F }`)} } fragment F on Cluster { ${reads(70)} }`;
    exceeds(/^expected a request of at most 200 statements on the database, got 213: select fewer lists/, doc);
    expect(fields).toBeDefined();
  });

  test('of 50 mutations passes', () =>
    passes(`mutation { ${repeated(50, (i) => `a${i}: deleteCluster(input: { id: "${i}" }) { id }`)} }`));

  test('is judged in time that does not grow with how often fragments are spread', () => {
    const levels = ['Cluster', 'ClusterOperationConnection', 'ClusterOperation', 'ClusterProvisionStep'];
    const links = [
      repeated(20, (i) => `a${i}: operations { ...F1 }`),
      repeated(20, (i) => `a${i}: nodes { ...F2 }`),
      repeated(20, (i) => `a${i}: steps { ...F3 }`),
      repeated(20, (i) => `a${i}: stepName`),
    ];
    const fragments = levels.map((type, i) => `fragment F${i} on ${type} { ${links[i]} }`).join(' ');
    exceeds(/^expected a request of at most 10000 objects/, `{ cluster(id: "a") { ...F0 } } ${fragments}`);
  });
});

describe('a subscription', () => {
  const progress = (fields: string) => `subscription { clusterProgress(clusterId: "a") { revision ${fields} } }`;

  test('may select whatever its messages hold', () => {
    passes(
      progress(`cluster { name currentOperation { progress steps { summary } } currentStep { summary } provisioningProgress { summary } }
      operations { id progress steps { id } } steps { id stepName summary }`),
    );
    passes(
      'subscription { clusterEvents(clusterId: "a") { cursor reset more events { id eventInfo errorId createdAt } } }',
    );
  });

  test('reads at most 50 objects in pages for a message', () => {
    passes(progress('cluster { events(first: 50) { nodes { id } } }'));
    exceeds(
      'expected a message of a subscription of at most 50 objects in pages, got 100: give a smaller first, or read the pages by a query',
      progress('cluster { events { nodes { id } } }'),
    );
    exceeds(/at most 50 objects in pages, got 250/, progress('steps { events(first: 10) { nodes { id } } }'));
  });

  test('has at most 10000 values in a message', () => {
    const infos = repeated(30, (i) => `a${i}: eventInfo`);
    exceeds(/at most 10000 values, got 15/, `subscription { clusterEvents(clusterId: "a") { events { ${infos} } } }`);
  });
});

describe('variables', () => {
  const query = 'mutation ($input: ReportEventsInput!) { reportEvents(input: $input) { results { outcome } } }';

  test('have lists of at most 1000 items', () => {
    exceeds('expected at most 1000 events, got 700000', query, { input: { events: new Array(700_000).fill({}) } });
    exceeds('expected at most 1000 nothing, got 1001', query, { nothing: new Array(1001).fill(1) });
  });

  test('are at most 32 levels deep, and at most 100000', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    exceeds('expected variables at most 32 levels deep, got deeper ones', query, { deep });
    const many = Array.from({ length: 200 }, () => new Array(1000).fill(0));
    exceeds('expected at most 100000 values in variables, got more', query, { many });
  });
});

/** Every field of the schema that gives a list of objects. */
test('every list has a size: none is free of charge', () => {
  const lists = Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type) && !type.name.startsWith('__')
      ? Object.values(type.getFields()).filter((field) => {
          const bare = isNonNullType(field.type) ? field.type.ofType : field.type;
          return isListType(bare) && isObjectType(getNamedType(field.type));
        })
      : [],
  );
  expect(lists.length).toBeGreaterThan(10);
  expect(() => createCost(schema)).not.toThrow();
});

test('what our own client and page ask for is far from the limits', () => {
  const folder = new URL('../../src/client/documents/', import.meta.url);
  const text = ['fragments', 'queries', 'mutations', 'subscriptions']
    .map((name) => readFileSync(new URL(`${name}.graphql`, folder), 'utf8'))
    .join('\n');
  const { definitions } = parse(text);
  const fragments = new Map(
    definitions.flatMap((node) => (node.kind === 'FragmentDefinition' ? [[node.name.value, node] as const] : [])),
  );
  const costOf = createCost(schema);
  for (const operation of definitions) {
    if (operation.kind !== 'OperationDefinition') continue;
    const { nodes, values, statements, paged } = costOf({ fragments, operation, variables: {} });
    expect(nodes).toBeLessThan(1000);
    expect(values).toBeLessThan(10_000);
    expect(statements).toBeLessThan(20);
    expect(paged).toBeLessThan(500);
  }
});
