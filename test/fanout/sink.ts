import type { Sink, Subscription } from '../../src/fanout/group.js';

/** A sink that keeps what it is sent, parsed, until the test has looked at it. */
export class TestSink<Message = unknown> implements Sink {
  ready = true;
  /** The buffers themselves, as they came. */
  readonly bodies: Buffer[] = [];
  readonly messages: Message[] = [];
  completed = false;
  failure: unknown;
  readonly #waiting = new Set<() => void>();

  send(body: Buffer): boolean {
    this.bodies.push(body);
    this.messages.push(JSON.parse(body.toString()));
    this.#told();
    return true;
  }
  complete(): void {
    this.completed = true;
    this.#told();
  }
  fail(error: unknown): void {
    this.failure = error;
    this.#told();
  }

  /** Is ready again, and says so. */
  wake(reader: Subscription): void {
    this.ready = true;
    reader.wake();
  }

  /** Resolves once what came meets the condition; looks whenever something comes. */
  until(isEnough: (sink: this) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!isEnough(this)) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  #told(): void {
    for (const look of this.#waiting) look();
  }
}

export const render = (payload: object) => Buffer.from(JSON.stringify(payload));
