import { type ExecutionResult, execute, type GraphQLFormattedError, OperationTypeNode } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import type { Caller } from '../../auth/caller.js';
import type { Identity } from '../../auth/identity.js';
import { Fault } from '../../domain/errors.js';
import { createContext } from '../../graphql/context.js';
import { presentError } from '../../graphql/errors.js';
import { type FollowOptions, follow } from '../../graphql/follow.js';
import { outcomeOf } from '../../graphql/outcome.js';
import { isErrors, type PreparedOperation, type PrepareOperation } from '../../graphql/prepare.js';
import type { CallerLimits } from '../../limits/caller-limits.js';
import { logFor } from '../request-id.js';
import type { Asking, RunningOperation, Telemetry } from '../telemetry.js';
import { Operation } from './operation.js';
import type { Writer } from './writer.js';

export interface OperationOptions extends FollowOptions {
  readonly prepare: PrepareOperation;
  readonly telemetry: Telemetry;
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
  readonly #limits: CallerLimits;
  readonly #asking: Asking & { readonly identity: Identity };
  readonly #byId = new Map<string, Operation>();
  /** Lets go of what each holds of its caller's limits. */
  readonly #held = new Map<Operation, () => void>();
  #underWay = 0;
  #executing = 0;
  /** Queries and mutations that wait for their turn. */
  readonly #queue = new Map<Operation, Begun>();
  /** Those that were executed, and wait until they may be answered. */
  readonly #executed = new Set<() => void>();

  constructor(writer: Writer, options: OperationOptions, { identity, limits, requestId }: SocketCaller) {
    this.#writer = writer;
    this.#options = options;
    this.#caller = identity.caller;
    this.#limits = limits;
    this.#asking = { transport: 'websocket', requestId, identity };
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  /** Begins an operation. The id must not be in use. */
  open(id: string, payload: SubscribePayload): void {
    const { transport, requestId, identity } = this.#asking;
    const start = { transport, requestId, identity, traceparent: traceparentIn(payload) };
    const told: Told = {
      running: this.#options.telemetry.operation(start),
      errors: [],
    };
    const log = logFor(this.#options.log, requestId);
    const operation: Operation = new Operation(id, {
      writer: this.#writer,
      present: (error) => {
        const shown = presentError(error, log);
        told.errors.push(shown);
        return shown;
      },
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
      this.#begin(operation, payload, told);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      operation.fail(error);
    }
    if (told.errors.length > 0) told.running.ended(outcomeOf(null, told.errors));
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
  #begin(operation: Operation, payload: SubscribePayload, told: Told): void {
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
      void this.#run(operation, { prepared, ...told }, (signal) => this.#follow(operation, prepared, signal));
    } else {
      this.#queue.set(operation, { prepared, ...told });
      this.#advance();
    }
  }

  /** Tells of it once it was answered, or joined to a stream. */
  async #run(operation: Operation, begun: Begun, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { prepared, running, errors } = begun;
    await running.within(() => operation.run(work));
    running.ended(outcomeOf(prepared, errors));
  }

  async #follow(operation: Operation, prepared: PreparedOperation, signal: AbortSignal): Promise<void> {
    const source = await follow(this.#options, prepared, this.#caller, signal);
    if (isErrors(source)) operation.refuse(source);
    else operation.join(source);
  }

  /** Executes what waits, a few at a time, and nothing while the client leaves too much unread. */
  #advance(): void {
    for (const [operation, begun] of this.#queue) {
      if (this.#executing >= most.executing || this.#writer.congested) return;
      this.#queue.delete(operation);
      void this.#execute(operation, begun);
    }
  }

  async #execute(operation: Operation, begun: Begun): Promise<void> {
    const { schema, services } = this.#options;
    const { document, operationName, variables } = begun.prepared;
    this.#executing += 1;
    await this.#run(operation, begun, async (signal) => {
      const contextValue = createContext(services, this.#caller, { signal, holder: this.#asking.identity.id });
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

/** Whose socket it is, and the id of the request that was upgraded. */
export interface SocketCaller {
  readonly identity: Identity;
  readonly limits: CallerLimits;
  readonly requestId: string;
}

/** How an operation is told of, and what it was answered that went wrong. */
interface Told {
  readonly running: RunningOperation;
  readonly errors: GraphQLFormattedError[];
}

interface Begun extends Told {
  readonly prepared: PreparedOperation;
}

/** Where a socket carries W3C Trace Context: of each operation, among its extensions. */
function traceparentIn({ extensions }: SubscribePayload): string | undefined {
  const { traceparent } = extensions ?? {};
  return typeof traceparent === 'string' ? traceparent : undefined;
}

const tooMany = () =>
  new Fault('LIMIT_EXCEEDED', `expected at most ${most.underWay} operations under way on a socket, got one more`);
