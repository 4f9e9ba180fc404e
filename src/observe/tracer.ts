import type { Meter } from '../domain/meter.js';
import type { FanoutMeter } from '../fanout/meter.js';
import { type Telemetry, untold } from '../transport/telemetry.js';

/** What makes spans of what the layers tell. */
export interface Tracer
  extends Pick<Meter, 'origin' | 'transaction'>,
    Pick<FanoutMeter, 'render' | 'send'>,
    Pick<Telemetry, 'operation'> {}

export const untraced: Tracer = {
  origin: () => undefined,
  operation: untold.operation,
  transaction: (_, work) => work(),
  render: (_origin, _stream, work) => work(),
  send: (_origin, _subscribers, work) => work(),
};
