import { Counter, Gauge, type Registry } from 'prom-client';
import { momentaryGauges } from './momentary.js';
import type { Sources } from './sources.js';

/** What stands at a moment, and what others count: asked for as it is scraped. */
export function addGauges(registry: Registry, sources: Sources): void {
  const registers = [registry];
  const gauge = momentaryGauges(registry);
  const { fanout, queue, pools } = sources;
  new Gauge({ name: 'stepcast_build_info', help: '1, with what runs', registers, labelNames: ['version', 'node'] })
    .labels(sources.version, process.version)
    .set(1);
  gauge('stepcast_websockets', 'Websockets that are open', sources.sockets);
  gauge('stepcast_subscribers', 'Subscriptions that are served', () => fanout().subscribers);
  gauge('stepcast_groups', 'Groups of subscribers who asked the same and share each message', () => fanout().groups);
  gauge('stepcast_cluster_feeds', 'Clusters that are followed', () => fanout().clusterFeeds);
  gauge('stepcast_tenant_feeds', 'Tenants whose list of clusters is followed', () => fanout().tenantFeeds);
  gauge(
    'stepcast_unsettled_feeds',
    'Feeds that know of changes they have not read yet, or may have missed some',
    () => fanout().unsettledFeeds,
  );
  gauge('stepcast_event_buffer_bytes', 'Texts of events that feeds keep', () => fanout().bufferedBytes);
  gauge('stepcast_rendered_messages_bytes', 'Messages kept for those who come back', () => fanout().renderedBytes);
  gauge(
    'stepcast_fanout_faults',
    'Faults of the server in serving subscribers since it started',
    () => fanout().faults,
  );
  gauge('stepcast_queue_bytes', 'Mutations that are not answered yet', () => queue().bytes);
  gauge('stepcast_queue_waiting', 'Mutations that wait for a transaction', () => queue().waiting);
  gauge('stepcast_transactions_under_way', 'Transactions of the write path', () => queue().underWay);
  gauge('stepcast_bus_healthy', '1 while hints of other servers can be relied on, else 0', () =>
    Number(sources.busHealthy()),
  );
  new Gauge({
    name: 'stepcast_database_connections',
    help: 'Connections to the database, by what they are for and whether they are used',
    registers,
    labelNames: ['pool', 'state'],
    collect() {
      for (const { pool, inUse, idle } of pools()) {
        this.labels(pool, 'in_use').set(inUse);
        this.labels(pool, 'idle').set(idle);
      }
    },
  });
  new Gauge({
    name: 'stepcast_database_waiting',
    help: 'Work that waits for a connection to the database',
    registers,
    labelNames: ['pool'],
    collect() {
      for (const { pool, waiting } of pools()) this.labels(pool).set(waiting);
    },
  });
  new Counter({
    name: 'stepcast_limit_hits_total',
    help: 'Requests, operations and sockets that met a limit of their caller or address',
    registers,
    labelNames: ['limit'],
    collect() {
      this.reset();
      for (const [limit, count] of sources.limits()) this.labels(limit).inc(count);
    },
  });
}
