import type { Logger } from 'pino';
import type { Meter } from '../domain/meter.js';
import type { FanoutMeter } from '../fanout/meter.js';
import type { Exposition } from '../transport/metrics.js';
import type { Telemetry } from '../transport/telemetry.js';
import { addGauges } from './gauges.js';
import { Metrics } from './metrics.js';
import { addProcess } from './process.js';
import { logAnswer, logOperation } from './requests.js';
import type { Sources } from './sources.js';
import type { Tracer } from './tracer.js';

/** What the layers tell of their work to, each by its own port. */
export interface Observation {
  readonly meter: Meter;
  readonly fanout: FanoutMeter;
  readonly telemetry: Telemetry;
  /** Called once what it asks is there. */
  expose(sources: Sources): Exposition;
  close(): void;
}

/** Makes metrics, log lines and spans of what the layers tell. Keeps nothing of the process: several servers may be in one. */
export function createObservation(log: Logger, tracer: Tracer): Observation {
  const metrics = new Metrics();
  const process = addProcess(metrics.registry);
  return {
    meter: {
      ...metrics.meter,
      origin: tracer.origin,
      transaction: (batch, work) => metrics.meter.transaction(batch, () => tracer.transaction(batch, work)),
    },
    fanout: {
      ...metrics.fanout,
      origin: tracer.origin,
      render: (origin, stream, work) => {
        const kind = /[a-z]+/.exec(stream)?.[0] ?? 'other';
        metrics.rendered(kind);
        return tracer.render(origin, kind, work);
      },
      send: (origin, subscribers, work) => {
        metrics.sent(subscribers);
        return tracer.send(origin, subscribers, work);
      },
    },
    telemetry: telemetryOf(log, metrics, tracer),
    expose(sources) {
      addGauges(metrics.registry, sources);
      const { registry } = metrics;
      return { contentType: registry.contentType, metrics: () => registry.metrics() };
    },
    close: () => process.close(),
  };
}

function telemetryOf(log: Logger, metrics: Metrics, tracer: Tracer): Telemetry {
  return {
    answered(answer) {
      metrics.answered(answer);
      logAnswer(log, answer);
    },
    operation(start) {
      const span = tracer.operation(start);
      const since = performance.now();
      let over = false;
      return {
        within: span.within,
        ended(outcome) {
          if (over) return;
          over = true;
          const milliseconds = performance.now() - since;
          metrics.ended(start, outcome, milliseconds);
          logOperation(log, start, outcome, milliseconds);
          span.ended(outcome);
        },
      };
    },
    closed: (code) => metrics.closed(code),
  };
}
