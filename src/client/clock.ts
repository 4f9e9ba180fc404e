/**
 * The server's time, since the caller's clock may be wrong. It is that of the last response, to the second, and goes on by
 * the steady clock, which nobody sets.
 */
export class ServerClock {
  /** Milliseconds that the server is ahead of the steady clock. */
  #ahead = Number.NEGATIVE_INFINITY;

  /** A response says what time it was on the server. One that took long on its way says less than is known already. */
  hear(serverTime: string): void {
    const ahead = Date.parse(serverTime) - performance.now();
    if (ahead > this.#ahead) this.#ahead = ahead;
  }

  /** Milliseconds since a time that the server gave, such as `startedAt`; never negative, 0 before its first response. */
  since(time: string): number {
    return Math.max(0, this.#ahead + performance.now() - Date.parse(time));
  }

  /** Milliseconds until a time that the server gave, such as `completionAt`; never negative, 0 before its first response. */
  until(time: string): number {
    return Number.isFinite(this.#ahead) ? Math.max(0, Date.parse(time) - this.#ahead - performance.now()) : 0;
  }
}
