/** What the fan-out tells of its work, for metrics and traces. No method may throw, or change what the work does. */
export interface FanoutMeter {
  /** What a commit of this server is traced back to; called as it is announced. */
  origin(): unknown;
  /** Makes one message for a group. `stream`: the kind of what it follows. */
  render<T>(origin: unknown, stream: string, work: () => Promise<T>): Promise<T>;
  /** Sends one message to so many subscribers. */
  send(origin: unknown, subscribers: number, work: () => Promise<void>): Promise<void>;
  /** Subscribers of a feed are served, so many milliseconds after its last change was committed; `changes` since they were before. */
  served(delayMs: number, changes: number): void;
  /** A feed reads from the store what it missed. */
  resynced(): void;
}

export const unmetered: FanoutMeter = {
  origin: () => undefined,
  render: (_origin, _stream, work) => work(),
  send: (_origin, _subscribers, work) => work(),
  served: () => {},
  resynced: () => {},
};
