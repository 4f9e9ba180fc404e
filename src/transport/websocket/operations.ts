import { type ExecutionResult, execute, OperationTypeNode } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import type { Caller } from '../../auth/caller.js';
import type { Identity } from '../../auth/identity.js';
import { Fault } from '../../domain/errors.js';
import { createContext } from '../../graphql/context.js';
import { presentError } from '../../graphql/errors.js';
import { type FollowOptions, follow } from '../../graphql/follow.js';
import { isErrors, type PreparedOperation, type PrepareOperation } from '../../graphql/prepare.js';
import type { CallerLimits } from '../../limits/caller-limits.js';
import { Operation } from './operation.js';
import type { Writer } from './writer.js';

export interface OperationOptions extends FollowOptions {
  readonly prepare: PrepareOperation;
}

/** Of one socket: operations whose work has not ended, and queries and mutations that are executed at the same time. */
const most = { underWay: 32, executing: 4 };

/**
 * The operations of one connection, all of them the same caller's. By its id an operation is known from `subscribe` until one side says that it is
 * over; as work it counts until the work has ended, even if its client has left it long before. Two operations never
 * have the same id at a time, and what an operation sends comes from that object alone: one that is over sends nothing.
 */
export class Operations {
  readonly #writer: Writer;
  readonly #options: OperationOptions;
  readonly #caller: Caller;
  readonly #holder: string;
  readonly #limits: CallerLimits;
  readonly #byId = new Map<string, Operation>();
  /** Lets go of what each holds of its caller's limits. */
  readonly #held = new Map<Operation, () => void>();
  #underWay = 0;
  #executing = 0;
  /** Queries and mutations that wait for their turn. */
  readonly #queue = new Map<Operation, PreparedOperation>();
  /** Those that were executed, and wait until they may be answered. */
  readonly #executed = new Set<() => void>();

  constructor(writer: Writer, options: OperationOptions, { caller, id }: Identity, limits: CallerLimits) {
    this.#writer = writer;
    this.#options = options;
    this.#caller = caller;
    this.#holder = id;
    this.#limits = limits;
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  /** Begins an operation. The id must not be in use. */
  open(id: string, payload: SubscribePayload): void {
    const operation: Operation = new Operation(id, {
      writer: this.#writer,
      present: (error) => presentError(error, this.#options.log),
      onOver: () => {
        this.#byId.delete(id);
        this.#queue.delete(operation);
      },
      onIdle: () => {
        this.#underWay -= 1;
        this.#held.get(operation)?.();
        this.#held.delete(operation);
      },
    });
    this.#byId.set(id, operation);
    this.#underWay += 1;
    try {
      if (this.#underWay > most.underWay) throw tooMany();
      this.#held.set(operation, this.#limits.beginRequest());
      this.#begin(operation, payload);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      operation.fail(error);
    }
  }

  /** The client wants no more of it. An id that is not in use is no fault: the two ends may have crossed. */
  complete(id: string): void {
    this.#byId.get(id)?.leave();
  }

  /** To be called when all that waited on the socket has been taken. */
  wake(): void {
    for (const resume of this.#executed) resume();
    for (const operation of this.#byId.values()) operation.wake();
    this.#advance();
  }

  /** To be called when the socket is closed, or about to be: ends everything. */
  close(): void {
    for (const operation of this.#byId.values()) operation.leave();
  }

  /** Throws a Fault when it is too much for the caller's limits. */
  #begin(operation: Operation, payload: SubscribePayload): void {
    const prepared = this.#options.prepare(payload, this.#caller);
    if (isErrors(prepared)) {
      operation.refuse(prepared);
      return;
    }
    this.#limits.charge(prepared.cost.nodes);
    if (prepared.operation.operation === OperationTypeNode.SUBSCRIPTION) {
      // Open, it counts by its price; that it is being opened would cut off readers who come back together.
      this.#held.get(operation)?.();
      this.#held.set(operation, this.#limits.openSubscription(prepared.cost.nodes));
      void operation.run((signal) => this.#follow(operation, prepared, signal));
    } else {
      this.#queue.set(operation, prepared);
      this.#advance();
    }
  }

  async #follow(operation: Operation, prepared: PreparedOperation, signal: AbortSignal): Promise<void> {
    const source = await follow(this.#options, prepared, this.#caller, signal);
    if (isErrors(source)) operation.refuse(source);
    else operation.join(source);
  }

  /** Executes what waits, a few at a time, and nothing while the client leaves too much unread. */
  #advance(): void {
    for (const [operation, prepared] of this.#queue) {
      if (this.#executing >= most.executing || this.#writer.congested) return;
      this.#queue.delete(operation);
      void this.#execute(operation, prepared);
    }
  }

  async #execute(operation: Operation, { document, operationName, variables }: PreparedOperation): Promise<void> {
    const { schema, services } = this.#options;
    this.#executing += 1;
    await operation.run(async (signal) => {
      const contextValue = createContext(services, this.#caller, { signal, holder: this.#holder });
      const args = { schema, document, operationName, variableValues: variables, contextValue };
      const result = (await execute(args)) as ExecutionResult;
      while (this.#writer.congested && !signal.aborted) await this.#drained(signal);
      operation.answer(result);
    });
    this.#executing -= 1;
    this.#advance();
  }

  /** Resolves when all that waited on the socket has been taken, or the signal is aborted. */
  async #drained(signal: AbortSignal): Promise<void> {
    let resume = () => {};
    const resumed = new Promise<void>((resolve) => {
      resume = resolve;
    });
    this.#executed.add(resume);
    signal.addEventListener('abort', resume);
    await resumed;
    this.#executed.delete(resume);
    signal.removeEventListener('abort', resume);
  }
}

const tooMany = () =>
  new Fault('LIMIT_EXCEEDED', `expected at most ${most.underWay} operations under way on a socket, got one more`);
