import type { Bus, ReadStore } from '../domain/ports.js';
import type { DatabaseClock } from './clock.js';
import type { Faults } from './faults.js';
import type { FanoutMeter } from './meter.js';
import type { RenderedMessages } from './rendered.js';

/** What all feeds of a hub share. */
export interface FeedOptions {
  readonly readStore: ReadStore;
  readonly bus: Bus;
  /** The history that the store held when the feed was made. */
  readonly epoch: string;
  readonly clock: DatabaseClock;
  /** Milliseconds (W3). */
  readonly interval: number;
  readonly rendered: RenderedMessages;
  readonly faults: Faults;
  readonly meter: FanoutMeter;
  /** Called when anything may have changed: the feed's revision is to be compared with the store's. */
  readonly onDoubt: () => void;
}
