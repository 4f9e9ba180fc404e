import { execute, type GraphQLError, type GraphQLSchema, getArgumentValues, locatedError } from 'graphql';
import type { Caller } from '../auth/caller.js';
import { expectRole } from '../auth/permission.js';
import { Fault } from '../domain/errors.js';
import type { Log } from '../domain/ports.js';
import type { ClusterView } from '../fanout/cluster-view.js';
import type { Sink, Subscription } from '../fanout/group.js';
import type { Source as Stream } from '../fanout/source.js';
import { type Context, createContext, type Services } from './context.js';
import { presentError } from './errors.js';
import { groupKey } from './group-key.js';
import { liveRows } from './live-rows.js';
import { roleOf } from './permissions.js';
import { isErrors, type PreparedOperation } from './prepare.js';
import { rootField } from './root-field.js';
import { openSubscription } from './subscriptions.js';

/** An open subscription, before it has anyone to send to. */
export interface Source {
  /** Begins to send to the sink. */
  join(sink: Sink): Subscription;
  /** Lets go of what is followed. */
  release(): void;
}

export interface FollowOptions {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly log: Log;
}

/**
 * Opens a subscription, or answers why it cannot be. Messages are executed once for all subscribers who sent the same
 * document with the same variables and are the same to its resolvers, each with loaders of its own: what they remember
 * is never older than the message. Once the signal is aborted nothing more is read to open it.
 */
export async function follow(
  options: FollowOptions,
  prepared: PreparedOperation,
  caller: Caller,
  signal?: AbortSignal,
): Promise<Source | readonly GraphQLError[]> {
  const stream = await open(options, prepared, caller, signal);
  if (isErrors(stream)) return stream;
  const { join, release } = stream;
  const render = (payload: object) => renderMessage(options, prepared, caller, payload);
  return { join: (sink: Sink) => join(groupKey(prepared, caller), render, sink), release };
}

async function open(
  { schema, services }: FollowOptions,
  prepared: PreparedOperation,
  caller: Caller,
  signal: AbortSignal | undefined,
): Promise<Stream | readonly GraphQLError[]> {
  const field = rootField(prepared);
  const definition = field && schema.getSubscriptionType()?.getFields()[field.name.value];
  // Without a field there is nothing to follow: all of it is skipped.
  if (!field || !definition) return [locatedError(nothing(), undefined)];
  try {
    expectRole(caller, roleOf(schema, definition), definition.name);
    const args = getArgumentValues(definition, field, prepared.variables);
    return await openSubscription(field.name.value, args, createContext(services, caller, { signal }));
  } catch (error) {
    return [locatedError(error, field, [field.alias?.value ?? field.name.value])];
  }
}

const nothing = () =>
  new Fault('BAD_USER_INPUT', 'expected a field to subscribe to, got none: every one of them is skipped');

async function renderMessage(
  { schema, services, log }: FollowOptions,
  { document, operationName, variables }: PreparedOperation,
  caller: Caller,
  payload: object,
): Promise<Buffer> {
  const contextValue = messageContext(services, caller, payload);
  const args = { schema, document, operationName, variableValues: variables, rootValue: payload, contextValue };
  const result = await execute(args);
  const errors = result.errors?.map((error) => presentError(error, log));
  return Buffer.from(JSON.stringify(errors ? { ...result, errors } : result));
}

/** What is in memory need not be read again. */
function messageContext(services: Services, caller: Caller, payload: object): Context {
  return createContext(services, caller, 'view' in payload ? { live: liveRows(payload.view as ClusterView) } : {});
}
