import { readdirSync } from 'node:fs';
import { type IntervalHistogram, monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { Gauge, Histogram, type Registry } from 'prom-client';
import { momentaryCounters, momentaryGauges } from './momentary.js';

/** Milliseconds between two measurements of the event loop's delay. */
const resolution = 10;

/**
 * The process itself, by the names that dashboards know. Not prom-client's own collection: that could not be stopped, and
 * would keep every server of a process. Says how to end it.
 */
export function addProcess(registry: Registry): { close(): void } {
  const gauge = momentaryGauges(registry);
  const counter = momentaryCounters(registry);
  counter('process_cpu_seconds_total', 'CPU time, of user and system', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  gauge('process_resident_memory_bytes', 'Resident memory', () => process.memoryUsage.rss());
  gauge('process_open_fds', 'Open files and connections; -1 where it is not known', openFiles);
  const startedAt = Date.now() / 1000 - process.uptime();
  gauge('process_start_time_seconds', 'When the process started, since the epoch', () => startedAt);
  gauge('nodejs_heap_size_used_bytes', 'Heap in use', () => process.memoryUsage().heapUsed);
  gauge(
    'nodejs_heap_size_limit_bytes',
    'The most that the heap may grow to',
    () => getHeapStatistics().heap_size_limit,
  );
  gauge('nodejs_external_memory_bytes', 'Memory of buffers', () => process.memoryUsage().external);
  const loop = monitorEventLoopDelay({ resolution });
  loop.enable();
  addDelay(registry, loop);
  const collections = observeCollections(registry);
  return {
    close() {
      loop.disable();
      collections.disconnect();
    },
  };
}

/** What the event loop's timers were late by, since metrics were asked for before. */
function addDelay(registry: Registry, loop: IntervalHistogram): void {
  new Gauge({
    name: 'nodejs_eventloop_lag_seconds',
    help: 'How late the event loop was since it was asked before: at the median, the 99th percentile, and at most',
    registers: [registry],
    labelNames: ['quantile'],
    collect() {
      // Without a measurement the histogram answers NaN, or the least that it could have measured.
      const seconds = (nanoseconds: number) => Math.max(0, (nanoseconds || 0) / 1e9 - resolution / 1000);
      const measured = loop.count > 0;
      this.labels('0.5').set(measured ? seconds(loop.percentile(50)) : 0);
      this.labels('0.99').set(measured ? seconds(loop.percentile(99)) : 0);
      this.labels('1').set(measured ? seconds(loop.max) : 0);
      loop.reset();
    },
  });
}

function observeCollections(registry: Registry): PerformanceObserver {
  const pauses = new Histogram({
    name: 'nodejs_gc_duration_seconds',
    help: 'Pauses for garbage collection',
    registers: [registry],
    buckets: [0.001, 0.01, 0.1, 1],
  });
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) pauses.observe(duration / 1000);
  });
  observer.observe({ entryTypes: ['gc'] });
  return observer;
}

function openFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return -1;
  }
}
