/**
 * The result of offering a message to an inbox, which always takes it. `newest`: the server had nothing further. `more`:
 * another message follows at once. `full`: end the subscription, and resume it when the consumer asks for more.
 */
export type Offered = 'newest' | 'more' | 'full';

/** What was received and not consumed yet. Bounded: newer items replace older ones, or it reports that it is full. */
export interface Inbox<Data, Item> {
  /** Called when connected, before the first message of a subscription. */
  begin?(): void;
  offer(data: Data): Offered;
  /** Removes and returns the oldest item that the consumer has not seen; undefined when there is none. */
  take(): Item | undefined;
}
