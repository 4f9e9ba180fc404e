import type { Port, Reader } from '../../src/fanout/group.js';

/** A reader's end of the line that keeps what it is sent, parsed, until the test has looked at it. */
export class TestPort<Message = unknown> implements Port {
  ready = true;
  /** The buffers themselves, as they came. */
  readonly bodies: Buffer[] = [];
  readonly messages: Message[] = [];
  completed = false;
  failure: unknown;
  readonly #waiting = new Set<() => void>();

  send(body: Buffer): void {
    this.bodies.push(body);
    this.messages.push(JSON.parse(body.toString()));
    this.#told();
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
  wake(reader: Reader): void {
    this.ready = true;
    reader.wake();
  }

  /** Resolves once what came meets the condition; looks whenever something comes. */
  until(isEnough: (port: this) => boolean): Promise<void> {
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
