import type { Server } from './fixture.js';

/** A request that must be refused: its only error's code, and what its message must say. */
export interface Attack {
  readonly title: string;
  readonly query: string;
  readonly variables?: object;
  readonly code: 'BAD_USER_INPUT' | 'NOT_FOUND' | 'LIMIT_EXCEEDED' | 'CONFLICT';
  readonly says: string | RegExp;
}

/** What is there to be attacked. */
export interface Target {
  readonly clusterId: string;
  readonly operationId: string;
  readonly stepId: string;
}

export async function target(on: Server): Promise<Target> {
  const { clusterId, operationId, stepIds } = await on.running({ stepName: 'one', total: 9 });
  await on.startStep(`${stepIds[0]}`);
  return { clusterId, operationId, stepId: `${stepIds[0]}` };
}

const nobody = '00000000-0000-4000-8000-000000000000';
const long = 'x'.repeat(256);
const typeOf = (field: string) => `${field[0]?.toUpperCase()}${field.slice(1)}Input`;
const mutation = (field: string) => `mutation ($input: ${typeOf(field)}!) { ${field}(input: $input) { __typename } }`;

type Row = [field: string, input: object, code: Attack['code'], says: string | RegExp];

const toAttack = ([field, input, code, says]: Row): Attack => ({
  title: `${field} of ${JSON.stringify(input).slice(0, 70)}`,
  query: mutation(field),
  variables: { input },
  code,
  says,
});

const noName = (field: string) => `expected ${field} to be 1 to 255 characters, got ""`;
const tooLong = (field: string) => `expected ${field} of at most 255 characters, got 256`;
const noUuid = (field: string, got: string) => `expected ${field} to be a UUID, got ${JSON.stringify(got)}`;
const noTotal = (got: number) => `expected total to be a whole number from 0 to 2147483647, got ${got}`;
const noLease = (got: number) => `expected leaseSeconds to be a whole number from 0 to 604800, got ${got}`;
const unknown = (what: string, got = nobody) =>
  `expected the id of ${what}, got ${JSON.stringify(got)}, which names none`;

/** Every mutation, with values that are wrong. */
export const mutations = ({ clusterId, operationId, stepId }: Target): Attack[] => {
  const creating = { clusterId, type: 'CREATING' };
  const rows: Row[] = [
    ['registerPlugin', { name: '', provisioningSteps: {} }, 'BAD_USER_INPUT', noName('name')],
    ['registerPlugin', { name: long, provisioningSteps: {} }, 'BAD_USER_INPUT', tooLong('name')],
    ['registerPlugin', { name: 'a', version: long, provisioningSteps: {} }, 'BAD_USER_INPUT', tooLong('version')],
    [
      'registerPlugin',
      steps([' ']),
      'BAD_USER_INPUT',
      'expected a step of creating to be 1 to 255 characters, got " "',
    ],
    ['registerPlugin', steps(Array(1001).fill('a')), 'LIMIT_EXCEEDED', 'expected at most 1000 creating, got 1001'],
    ['createCluster', { name: '' }, 'BAD_USER_INPUT', noName('name')],
    ['createCluster', { name: long }, 'BAD_USER_INPUT', tooLong('name')],
    ['createCluster', { name: 'a', status: long }, 'BAD_USER_INPUT', tooLong('status')],
    ['createCluster', { name: 'a', pluginName: long }, 'BAD_USER_INPUT', tooLong('pluginName')],
    ['createCluster', { name: 'a', pluginVersion: long }, 'BAD_USER_INPUT', tooLong('pluginVersion')],
    ['createCluster', { name: 'a', id: 'a' }, 'BAD_USER_INPUT', noUuid('id', 'a')],
    ['createCluster', { name: 'a', id: '' }, 'BAD_USER_INPUT', noUuid('id', '')],
    ['createCluster', { name: 'a', id: `${nobody}\0` }, 'BAD_USER_INPUT', noUuid('id', `${nobody}\0`)],
    ['createCluster', { name: 'a', id: 7 }, 'BAD_USER_INPUT', noUuid('id', '7')],
    [
      'createCluster',
      { name: 'a', id: clusterId },
      'CONFLICT',
      `expected an id that is not in use, got ${clusterId}, which another cluster has`,
    ],
    ['createCluster', { name: 7 }, 'BAD_USER_INPUT', 'String cannot represent a non string value: 7'],
    ['createCluster', {}, 'BAD_USER_INPUT', /Field "name" of required type "String!" was not provided/],
    [
      'createCluster',
      { name: 'a', nmae: 'b' },
      'BAD_USER_INPUT',
      /Field "nmae" is not defined by type "CreateClusterInput"/,
    ],
    ['updateCluster', { id: nobody, status: 'Active' }, 'NOT_FOUND', unknown('a cluster')],
    ['updateCluster', { id: clusterId, name: '' }, 'BAD_USER_INPUT', noName('name')],
    ['updateCluster', { id: clusterId, status: '' }, 'BAD_USER_INPUT', noName('status')],
    ['updateCluster', { id: clusterId, status: long }, 'BAD_USER_INPUT', tooLong('status')],
    ['deleteCluster', { id: nobody }, 'NOT_FOUND', unknown('a cluster')],
    ['deleteCluster', { id: '\ud800\0' }, 'NOT_FOUND', unknown('a cluster', '\ud800\0')],
    ['deleteCluster', { id: null }, 'BAD_USER_INPUT', /Expected non-nullable type "ID!" not to be null/],
    ['startOperation', { ...creating, clusterId: nobody }, 'NOT_FOUND', unknown('a cluster')],
    [
      'startOperation',
      { ...creating, type: 'creating' },
      'BAD_USER_INPUT',
      /Value "creating" does not exist in "StepType" enum/,
    ],
    ['startOperation', { ...creating, leaseSeconds: -1 }, 'BAD_USER_INPUT', noLease(-1)],
    ['startOperation', { ...creating, leaseSeconds: 604_801 }, 'BAD_USER_INPUT', noLease(604_801)],
    ['startOperation', { ...creating, id: 'a' }, 'BAD_USER_INPUT', noUuid('id', 'a')],
    [
      'startOperation',
      { ...creating, steps: [{ stepName: 'a', id: 'a' }] },
      'BAD_USER_INPUT',
      noUuid('steps.0.id', 'a'),
    ],
    ['startOperation', { ...creating, steps: [{ stepName: '' }] }, 'BAD_USER_INPUT', noName('steps.0.stepName')],
    [
      'startOperation',
      { ...creating, steps: [{ stepName: 'a', total: -1 }] },
      'BAD_USER_INPUT',
      `steps.0.${noTotal(-1)}`.replace('steps.0.expected ', 'expected steps.0.'),
    ],
    [
      'startOperation',
      { ...creating, steps: [{ stepName: 'a', source: long }] },
      'BAD_USER_INPUT',
      tooLong('steps.0.source'),
    ],
    [
      'startOperation',
      { ...creating, steps: Array(1001).fill({ stepName: 'a' }) },
      'LIMIT_EXCEEDED',
      'expected at most 1000 steps, got 1001',
    ],
    ['addStep', { operationId: nobody, stepName: 'a' }, 'NOT_FOUND', unknown('an operation')],
    ['addStep', { operationId, stepName: long }, 'BAD_USER_INPUT', tooLong('stepName')],
    ['addStep', { operationId, stepName: 'a', total: -5 }, 'BAD_USER_INPUT', noTotal(-5)],
    [
      'addStep',
      { operationId, stepName: 'a', total: 2 ** 31 },
      'BAD_USER_INPUT',
      'Int cannot represent non 32-bit signed integer value: 2147483648',
    ],
    ['addStep', { operationId, stepName: 'a', id: 'a' }, 'BAD_USER_INPUT', noUuid('id', 'a')],
    ['addStep', { operationId, stepName: 'a', id: stepId }, 'CONFLICT', /^expected an id that is not in use, got /],
    ['addStep', { operationId, stepName: 'a', afterStepId: 'a' }, 'BAD_USER_INPUT', noUuid('afterStepId', 'a')],
    [
      'addStep',
      { operationId, stepName: 'a', afterStepId: nobody },
      'BAD_USER_INPUT',
      `expected afterStepId to be a step of operation ${operationId}, got ${nobody}`,
    ],
    ['updateStep', { stepId: nobody, total: 1 }, 'NOT_FOUND', unknown('a step')],
    ['updateStep', { stepId, total: -1 }, 'BAD_USER_INPUT', noTotal(-1)],
    ['updateStep', { stepId, total: null }, 'BAD_USER_INPUT', /Expected non-nullable type "Int!" not to be null/],
    ['heartbeat', { operationId: nobody }, 'NOT_FOUND', unknown('an operation')],
    ['heartbeat', { operationId: '' }, 'NOT_FOUND', unknown('an operation', '')],
    ['cancelOperation', { operationId: nobody }, 'NOT_FOUND', unknown('an operation')],
    ['startStep', { stepId: nobody }, 'NOT_FOUND', unknown('a step')],
    ['startStep', { stepId: 'no UUID' }, 'NOT_FOUND', unknown('a step', 'no UUID')],
    ['startStep', { stepId, total: -1 }, 'BAD_USER_INPUT', noTotal(-1)],
    ['startStep', { stepId, total: 1.5 }, 'BAD_USER_INPUT', 'Int cannot represent non-integer value: 1.5'],
    [
      'startStep',
      { stepId, total: 5 },
      'CONFLICT',
      /^expected the total of step "one" \(.*\), 9, got 5: updateStep corrects it$/,
    ],
    ['reportEvents', { events: events(1001) }, 'LIMIT_EXCEEDED', 'expected at most 1000 events, got 1001'],
    [
      'reportEvents',
      { events: [{ id: nobody, stepId, successful: 'yes' }] },
      'BAD_USER_INPUT',
      'Boolean cannot represent a non boolean value: "yes"',
    ],
    ['reportEvents', { events: null }, 'BAD_USER_INPUT', /to be non-nullable|not to be null/],
    ['finishStep', { stepId: nobody, successful: true }, 'NOT_FOUND', unknown('a step')],
    ['finishStep', { stepId, successful: false, errorId: long }, 'BAD_USER_INPUT', tooLong('errorId')],
    ['finishStep', { stepId, successful: true }, 'CONFLICT', /^9 of 9 units have not reported/],
    ['finishOperation', { operationId: nobody, successful: true }, 'NOT_FOUND', unknown('an operation')],
    [
      'finishOperation',
      { operationId, successful: 1 },
      'BAD_USER_INPUT',
      'Boolean cannot represent a non boolean value: 1',
    ],
  ];
  return rows.map(toAttack);
};

const steps = (creating: string[]) => ({ name: 'a', provisioningSteps: { creating } });
/** Short ones, so that so many fit into a frame. */
const events = (count: number) => Array.from({ length: count }, () => ({ id: '', stepId: '', successful: true }));

/** Documents and lists that ask for what is not to be had. */
export const queries = ({ clusterId }: Target): Attack[] => {
  const list = 'query ($first: Int, $after: String) { clusters(first: $first, after: $after) { nodes { id } } }';
  const log = `query ($after: String) { cluster(id: "${clusterId}") { events(after: $after) { nodes { id } } } }`;
  const cursorOf = (parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');
  const first = (first: unknown, code: Attack['code'], says: string): Attack => ({
    ...{ title: `first: ${first}`, query: list, variables: { first } },
    ...{ code, says },
  });
  const after = (query: string, after: string): Attack => ({
    ...{
      title: `a cursor that was never given out: ${JSON.stringify(after).slice(0, 40)}`,
      query,
      variables: { after },
    },
    ...{
      code: 'BAD_USER_INPUT',
      says: /^expected after to be a cursor of a list of (clusters by CREATED_AT DESC|events), got "/,
    },
  });
  const document = (title: string, query: string, says: string | RegExp): Attack => ({
    ...{ title, query },
    ...{ code: 'BAD_USER_INPUT', says },
  });
  const excess = (title: string, query: string, says: RegExp): Attack => ({
    ...{ title, query, says },
    code: 'LIMIT_EXCEEDED',
  });
  const nested = (open: string, close: string, depth: number) => `${open.repeat(depth)}${close.repeat(depth)}`;
  return [
    first(0, 'BAD_USER_INPUT', 'expected first to be a whole number from 1 to 500, got 0'),
    first(-1, 'BAD_USER_INPUT', 'expected first to be a whole number from 1 to 500, got -1'),
    first(501, 'LIMIT_EXCEEDED', 'expected first to be at most 500, got 501'),
    first(2_147_483_647, 'LIMIT_EXCEEDED', 'expected first to be at most 500, got 2147483647'),
    first(1e300, 'BAD_USER_INPUT', 'Int cannot represent non 32-bit signed integer value: 1e+300'),
    ...['', 'x', '\0', '\ud800', 'x'.repeat(10_000), cursorOf(['e', 1]), cursorOf(['c', 9e15, nobody])].map((text) =>
      after(list, text),
    ),
    ...[cursorOf(['e', -1]), cursorOf(['e', 1.5]), cursorOf(['e', 2 ** 31]), cursorOf(['e', '1']), cursorOf([])].map(
      (text) => after(log, text),
    ),
    document('a document that is none', '{ viewer ', 'Syntax Error: Expected Name, found <EOF>.'),
    document('a document with NUL', '{ viewer\0 { tenantId } }', 'Syntax Error: Unexpected character: U+0000.'),
    document('a field there is not', '{ viewer { name } }', 'Cannot query field "name" on type "Viewer".'),
    document(
      'a variable not given',
      'query ($id: ID!) { cluster(id: $id) { id } }',
      'Variable "$id" of required type "ID!" was not provided.',
    ),
    document(
      'fragments in a circle',
      '{ viewer { ...a } } fragment a on Viewer { ...a }',
      'Cannot spread fragment "a" within itself.',
    ),
    excess('too many aliases', `{ ${aliases(101)} }`, /^expected at most 100 aliases in a document, got 101/),
    excess('too many tokens', `{ ${aliases(3500)} }`, /^expected a document of at most 2000 tokens/),
    excess('too deep a selection', nested('{ a ', '}', 600), /^expected at most 12 levels of fields/),
    document(
      'too deep a value',
      `{ cluster(id: ${nested('[', ']', 900)}) { id } }`,
      /^(expected a document nested .* got a deeper one$|ID cannot represent a non-string)/,
    ),
    document(
      'too deep an object',
      `{ cluster(id: ${nested('{a:{b:', '}}', 240).replace('{b:}', '{b:1}')}) { id } }`,
      /^(expected a document nested .* got a deeper one$|ID cannot represent a non-string)/,
    ),
  ];
};

export const aliases = (count: number) =>
  Array.from({ length: count }, (_, index) => `a${index}: __typename`).join(' ');
