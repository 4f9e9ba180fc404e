import type { TypedDocumentString } from '../../generated/client.js';
import { isRefusal, StepcastError } from '../errors.js';
import { pause } from '../retry.js';
import { faultOf, finalFault, finalPollFault } from './faults.js';
import { Iteration } from './following.js';
import type { Inbox, Offered } from './inbox.js';
import { Poll } from './poll.js';
import type { Socket } from './socket.js';

/**
 * Follows one subscription: by the websocket or, while none can be opened, by asking for its first message again and again.
 * Invariant: `variables.after` is the cursor of the last message taken into the inbox, so that
 * whatever is sent again resumes there (W1, W4). At most one subscription is current (`#release`); messages of earlier ones
 * are ignored. Called by the socket (connected, lost, messages) and by its consumer (`next`, `return`).
 */
export class Follower<Data, Variables extends object, Item> extends Iteration<Item> {
  readonly #socket: Socket;
  readonly #payload: { query: string; variables: Record<string, unknown> };
  readonly #inbox: Inbox<Data, Item>;
  readonly #unlisten: () => void;
  #staleSince: Date | null = null;
  /** Whether the newest that the server had was received on this connection. */
  #isCurrent = false;
  #release: (() => void) | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  readonly #poll: Poll<Data | null>;
  #isBegun = false;

  constructor(
    socket: Socket,
    document: TypedDocumentString<Data, Variables>,
    variables: Variables,
    inbox: Inbox<Data, Item>,
  ) {
    super();
    this.#socket = socket;
    this.#payload = { query: document.toString(), variables: variables as Record<string, unknown> };
    this.#inbox = inbox;
    this.#poll = new Poll({
      ask: () => socket.ask(document, variables) as Promise<Data | null>,
      onMessage: (data) => this.#onPolled(data),
      onFault: (fault) => this.#onPollFault(fault),
    });
    this.#unlisten = socket.listen({
      connected: () => this.#onConnected(),
      lost: (heardAt) => this.#onLost(heardAt),
      aged: () => this.#onAged(),
    });
    this.#start();
  }

  protected override take(): Item | undefined {
    return this.#inbox.take();
  }

  protected override awaited(): void {
    const isPaused = !this.#release && !this.#retry;
    if (isPaused) this.#start();
  }

  protected override release(): void {
    clearTimeout(this.#retry);
    this.#stop();
    this.#unlisten();
  }

  #start() {
    this.#retry = undefined;
    // Messages of a subscription that was ended may still arrive: only those of the current one count.
    const release: () => void = this.#socket.subscribe<Data>(this.#payload, {
      next: ({ data, errors }) => {
        if (this.#release !== release) return;
        if (data && !errors) this.#onMessage(data);
        else this.#onError(errors);
      },
      error: (error) => this.#release === release && this.#onError(error),
      complete: () => this.#release === release && this.end(),
    });
    this.#release = release;
    if (this.#socket.connected) this.#onConnected();
    else if (this.#socket.isBarred) this.#poll.start();
    else if (this.#socket.signedOut) this.#onLost(new Date());
  }

  #stop() {
    this.#poll.stop();
    const release = this.#release;
    this.#release = null;
    release?.();
  }

  #onConnected() {
    if (!this.#release) return;
    this.#poll.stop();
    this.#inbox.begin?.();
    this.#isCurrent = false;
    this.setState('catching-up');
    this.serve();
  }

  #onLost(heardAt: Date, signedOut = this.#socket.signedOut) {
    if (this.#poll.isWell) return;
    if (signedOut?.isFinal) return this.end(signedOut.fault);
    this.#isCurrent = false;
    if (this.state.status === 'live') this.#staleSince = heardAt;
    if (this.#socket.isBarred && this.#release) this.#poll.start();
    if (signedOut) this.setState('signed-out', this.#staleSince ?? heardAt);
    else if (this.#staleSince) this.setState('stale', this.#staleSince);
    else this.setState('connecting');
  }

  /** W11: what a server has sent that cannot reach its database is never called live. */
  #onAged() {
    if (this.#isCurrent) this.#judge();
  }

  #judge() {
    const since = this.#socket.staleSince;
    if (!this.#isCurrent) return this.setState('catching-up');
    if (this.#poll.isWell) return this.setState('polling');
    if (!since) return this.setState('live');
    this.#staleSince = since;
    this.setState('stale', since);
  }

  #onMessage(data: Data): Offered {
    const taken = this.#inbox.offer(data);
    this.#failures = 0;
    this.#isBegun = true;
    if (taken === 'full') this.#stop();
    // If the rest does not arrive, what was yielded is the state as of now.
    if (taken !== 'newest' || this.#poll.isWell) this.#staleSince = new Date();
    this.#isCurrent = taken === 'newest';
    this.#judge();
    this.serve();
    return taken;
  }

  /** Each is the first message of a subscription of its own. */
  #onPolled(data: Data | null): Offered {
    if (data) {
      this.#inbox.begin?.();
      return this.#onMessage(data);
    }
    this.end();
    return 'full';
  }

  #onPollFault(error: unknown): number | null {
    // W7: what was followed is gone.
    if (this.#isBegun && error instanceof StepcastError && error.code === 'NOT_FOUND') this.end();
    const signedOut = isRefusal(error) ? { fault: error, isFinal: this.#socket.isTokenFixed } : null;
    const fault = signedOut ? null : finalPollFault(error, this.#failures);
    if (fault) this.end(fault);
    if (this.#release) this.#onLost(new Date(), signedOut);
    if (!this.#release) return null;
    return pause(this.#failures++, error);
  }

  #onError(error: unknown) {
    const fault = finalFault(error, this.#failures);
    if (fault) return this.end(fault);
    this.#stop();
    this.#onLost(new Date());
    this.#retry = setTimeout(() => this.#start(), pause(this.#failures++, faultOf(error)));
  }
}
