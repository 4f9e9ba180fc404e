import { type ExecutionResult, execute, type GraphQLFormattedError, OperationTypeNode } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import type { Identity } from '../../auth/identity.js';
import { Fault } from '../../domain/errors.js';
import { createContext } from '../../graphql/context.js';
import { presentError } from '../../graphql/errors.js';
import { type FollowOptions, follow } from '../../graphql/follow.js';
import { outcomeOf } from '../../graphql/outcome.js';
import { isErrors, type PreparedOperation, type PrepareOperation } from '../../graphql/prepare.js';
import type { CallerLimits } from '../../limits/caller-limits.js';
import { logFor } from '../request-id.js';
import type { RunningOperation, Telemetry } from '../telemetry.js';
import { Executions } from './executions.js';
import { Operation } from './operation.js';
import type { Writer } from './writer.js';

export interface OperationOptions extends FollowOptions {
  readonly prepare: PrepareOperation;
  readonly telemetry: Telemetry;
}

/** Of one socket: operations whose work has not ended. */
const most = 32;

/**
 * The operations of one connection, all of them the same caller's. By its id an operation is known from `subscribe` until one side says that it is
 * over; as work it counts until the work has ended, even if its client has left it long before. Two operations never
 * have the same id at a time, and what an operation sends comes from that object alone: one that is over sends nothing.
 */
export class Operations {
  readonly #writer: Writer;
  readonly #options: OperationOptions;
  readonly #asker: SocketCaller;
  readonly #byId = new Map<string, Operation>();
  #underWay = 0;
  /** Made for the first query or mutation: most sockets only subscribe. */
  #executions: Executions | null = null;

  constructor(writer: Writer, options: OperationOptions, asker: SocketCaller) {
    this.#writer = writer;
    this.#options = options;
    this.#asker = asker;
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  /** Begins an operation. The id must not be in use. */
  open(id: string, payload: SubscribePayload): void {
    const work = this.#work(payload);
    const operation: Operation = new Operation(id, {
      writer: this.#writer,
      present: (error) => this.#present(error, work),
      onOver: () => {
        this.#byId.delete(id);
        this.#executions?.drop(operation);
      },
      onIdle: () => {
        this.#underWay -= 1;
        work.release();
      },
    });
    this.#byId.set(id, operation);
    this.#underWay += 1;
    try {
      if (this.#underWay > most) throw tooMany();
      work.release = this.#asker.limits.beginRequest();
      this.#begin(operation, payload, work);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      operation.fail(error);
    }
    if (work.errors.length > 0) work.running.ended(outcomeOf(null, work.errors));
  }

  /** The client wants no more of it. An id that is not in use is no fault: the two ends may have crossed. */
  complete(id: string): void {
    this.#byId.get(id)?.leave();
  }

  /** To be called when all that waited on the socket has been taken. */
  wake(): void {
    for (const operation of this.#byId.values()) operation.wake();
    this.#executions?.wake();
  }

  /** To be called when the socket is closed, or about to be: ends everything. */
  close(): void {
    for (const operation of this.#byId.values()) operation.leave();
  }

  #work(payload: SubscribePayload): Work {
    const { identity, requestId } = this.#asker;
    const start = { transport: 'websocket', requestId, identity, traceparent: traceparentIn(payload) } as const;
    return { running: this.#options.telemetry.operation(start), errors: [], release: () => {} };
  }

  #present(error: unknown, { errors }: Work): GraphQLFormattedError {
    const shown = presentError(error, logFor(this.#options.log, this.#asker.requestId));
    errors.push(shown);
    return shown;
  }

  /** Throws a Fault when it is too much for the caller's limits. */
  #begin(operation: Operation, payload: SubscribePayload, work: Work): void {
    const { identity, limits } = this.#asker;
    const prepared = this.#options.prepare(payload, identity.caller);
    if (isErrors(prepared)) {
      operation.refuse(prepared);
      return;
    }
    limits.charge(prepared.cost.nodes);
    if (prepared.operation.operation === OperationTypeNode.SUBSCRIPTION) {
      // Open, it counts by its price; that it is being opened would cut off readers who come back together.
      work.release();
      work.release = limits.openSubscription(prepared.cost.nodes);
      void this.#run(operation, prepared, work, (signal) => this.#follow(operation, prepared, signal));
    } else {
      this.#executions ??= new Executions(this.#writer);
      this.#executions.add(operation, () => this.#execute(operation, prepared, work));
    }
  }

  /** Tells of it once it was answered, or joined to a stream. */
  async #run(
    operation: Operation,
    prepared: PreparedOperation,
    { running, errors }: Work,
    run: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    await running.within(() => operation.run(run));
    running.ended(outcomeOf(prepared, errors));
  }

  async #follow(operation: Operation, prepared: PreparedOperation, signal: AbortSignal): Promise<void> {
    const source = await follow(this.#options, prepared, this.#asker.identity.caller, signal);
    if (isErrors(source)) operation.refuse(source);
    else operation.join(source);
  }

  #execute(operation: Operation, prepared: PreparedOperation, work: Work): Promise<void> {
    const { schema, services } = this.#options;
    const { caller, id: holder } = this.#asker.identity;
    const { document, operationName, variables } = prepared;
    return this.#run(operation, prepared, work, async (signal) => {
      const contextValue = createContext(services, caller, { signal, holder });
      const args = { schema, document, operationName, variableValues: variables, contextValue };
      const result = (await execute(args)) as ExecutionResult;
      await this.#executions?.writable(signal);
      operation.answer(result);
    });
  }
}

/** Whose socket it is, and the id of the request that was upgraded. */
export interface SocketCaller {
  readonly identity: Identity;
  readonly limits: CallerLimits;
  readonly requestId: string;
}

/** An operation's work: how it is told of, what it was answered that went wrong, and what it holds of its caller's limits. */
interface Work {
  readonly running: RunningOperation;
  readonly errors: GraphQLFormattedError[];
  release: () => void;
}

/** Where a socket carries W3C Trace Context: of each operation, among its extensions. */
function traceparentIn({ extensions }: SubscribePayload): string | undefined {
  const { traceparent } = extensions ?? {};
  return typeof traceparent === 'string' ? traceparent : undefined;
}

const tooMany = () =>
  new Fault('LIMIT_EXCEEDED', `expected at most ${most} operations under way on a socket, got one more`);
