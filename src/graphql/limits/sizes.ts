import {
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { usualPage } from './limits.js';

/** Lists that are not paged, and how many items to expect in them: as many as a large cluster has, not as the largest. */
const expected: Readonly<Record<string, number>> = {
  'Query.nodes': 100,
  'Query.plugins': 20,
  'Cluster.provisioningProgress': 25,
  'ClusterOperation.steps': 10,
  'ClusterProgress.operations': 10,
  'ClusterProgress.steps': 25,
  'ClusterEventBatch.events': 500,
  'ClusterChanges.clusters': 10,
  'StepUnits.units': 500,
  'ReportEventsPayload.results': 100,
  'ReportEventsPayload.steps': 10,
};

/** Fields that ask the database, once for all objects of a list: an id of any type is looked up in all of them. */
const reading = new Map([
  ['Query.node', 5],
  ['Query.nodes', 5],
  ['Query.cluster', 1],
  ['Query.clusters', 1],
  ['Query.clusterCounts', 1],
  ['Query.plugin', 1],
  ['Query.plugins', 1],
  ['Query.eventsByErrorId', 1],
  ['Query.failures', 1],
  ['Query.stepHistory', 1],
  ['Query.server', 1],
  ['Cluster.plugin', 1],
  ['Cluster.provisioningProgress', 1],
  ['Cluster.currentStep', 1],
  ['Cluster.currentOperation', 1],
  ['Cluster.lastOperation', 1],
  ['Cluster.operations', 1],
  ['Cluster.events', 1],
  ['ClusterOperation.cluster', 1],
  ['ClusterOperation.steps', 1],
  ['ClusterOperation.progress', 1],
  ['ClusterOperation.lastReportAt', 1],
  ['ClusterOperation.stalledSince', 1],
  ['ClusterOperation.estimate', 3],
  ['ClusterProvisionStep.cluster', 1],
  ['ClusterProvisionStep.operation', 1],
  ['ClusterOperation.errorGroups', 1],
  ['ClusterProvisionStep.errorGroups', 1],
  ['ErrorGroup.sample', 1],
  ['ClusterProvisionStep.estimate', 3],
  ['ClusterProvisionStep.slowerThanUsual', 3],
  ['ClusterProvisionStep.units', 1],
  ['ClusterProvisionStep.events', 1],
  ['StepUnit.lastFailure', 1],
  ['ClusterEvent.cluster', 1],
  ['ClusterEvent.step', 1],
]);

/** Statements of a mutation: it is stored on its own. */
const statementsOfMutation = 3;

/** What one field costs for one object that has it, apart from what is selected in it. */
export interface FieldSize {
  /** Its items: 1 if it is no list; null if as many as its connection's page. */
  readonly items: number | null;
  readonly statements: number;
  /** How many objects it gives when it is asked for neither `first` nor `last`; null if it takes no `first`. */
  readonly usual: number | null;
}

/** Whether a type is a page of a list: one that is asked for with `first`. */
export const isConnection = (typeName: string) => typeName.endsWith('Connection');

/** The size of every field, by type and name: `Cluster.events`. Throws at a list of objects about which nothing is known. */
export function fieldSizes(schema: GraphQLSchema): ReadonlyMap<string, FieldSize> {
  const sizes = new Map<string, FieldSize>();
  const mutation = schema.getMutationType()?.name;
  const introspection = introspectionSizes(schema);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const name = `${type.name}.${field.name}`;
      const statements = type.name === mutation ? statementsOfMutation : (reading.get(name) ?? 0);
      const usual = field.args.some((arg) => arg.name === 'first') ? usualPage(type.name, field.name) : null;
      sizes.set(name, { items: usual === null ? items(type.name, field, introspection) : 1, statements, usual });
    }
  }
  return sizes;
}

function items(typeName: string, field: GraphQLField<unknown, unknown>, introspection: ReadonlyMap<string, number>) {
  if (field.name === 'ofType') return wrapped;
  if (!isList(field) || !isCompositeType(getNamedType(field.type))) return 1;
  if (isConnection(typeName)) return null;
  const name = `${typeName}.${field.name}`;
  const known = expected[name] ?? introspection.get(name);
  if (known !== undefined) return known;
  throw new Error(`expected a size for the list ${name} in ${import.meta.url}, got none`);
}

/** `ofType` of a type of introspection: most chains of it, which tools ask for nine levels deep, end at once. */
const wrapped = 0.5;

const isList = ({ type }: GraphQLField<unknown, unknown>) => isListType(isNonNullType(type) ? type.ofType : type);

/** How long the lists of introspection are, on the average of this schema. */
function introspectionSizes(schema: GraphQLSchema): ReadonlyMap<string, number> {
  const types = Object.values(schema.getTypeMap());
  const fields = types.flatMap((type) => ('getFields' in type ? Object.values(type.getFields()) : []));
  const args = fields.flatMap((field) => ('args' in field ? field.args : []));
  const average = (count: number, among: number) => Math.max(1, Math.ceil(count / among));
  return new Map([
    ['__Schema.types', types.length],
    ['__Schema.directives', schema.getDirectives().length],
    ['__Directive.args', 2],
    ['__Type.fields', average(fields.length, types.length)],
    ['__Type.inputFields', average(fields.length, types.length)],
    [
      '__Type.enumValues',
      average(types.flatMap((type) => ('getValues' in type ? type.getValues() : [])).length, types.length),
    ],
    ['__Type.interfaces', 1],
    ['__Type.possibleTypes', 1],
    ['__Field.args', average(args.length, fields.length)],
  ]);
}
