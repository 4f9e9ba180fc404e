/** Bytes of messages that are kept for subscribers yet to come, and milliseconds for which. */
const mostBytes = 8 * 1024 * 1024;
const lifetime = 1_000;

interface Kept {
  readonly bytes: number;
  readonly until: number;
}

/**
 * Rendered messages of all groups that were sent a moment ago: thousands who come back at once, one after the other, get
 * what the first of them got. Bounded by bytes, whatever the number of groups; nothing is kept longer than a second or
 * two. `sweep` is called by the hub's poll.
 */
export class RenderedMessages<Message extends { readonly body: Buffer | null } = { readonly body: Buffer | null }> {
  /** The oldest first. */
  readonly #kept = new Map<string, Kept & { readonly message: Message }>();
  #bytes = 0;

  /** Of the messages that are kept. */
  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): Message | undefined {
    return this.#kept.get(key)?.message;
  }

  keep(key: string, message: Message): void {
    this.#drop(key);
    const bytes = message.body?.length ?? 0;
    if (bytes > mostBytes) return;
    this.#kept.set(key, { message, bytes, until: performance.now() + lifetime });
    this.#bytes += bytes;
    for (const [oldest] of this.#kept) {
      if (this.#bytes <= mostBytes) return;
      this.#drop(oldest);
    }
  }

  /** Forgets what has been kept long enough. */
  sweep(): void {
    const now = performance.now();
    for (const [key, { until }] of this.#kept) {
      if (until > now) return;
      this.#drop(key);
    }
  }

  #drop(key: string): void {
    this.#bytes -= this.#kept.get(key)?.bytes ?? 0;
    this.#kept.delete(key);
  }
}
