import type { Place } from '../address.js';
import { LiveCluster } from '../live/cluster.js';
import { useStore } from '../live/store.js';
import { useLive } from '../live/use-live.js';
import { WhileAway } from '../shell/away.js';
import { Gone, NoOperation, Refused, Waiting } from './absent.js';
import { Heading } from './heading.js';
import { OperationView } from './operation-view.js';
import { PastOperationView } from './past-operation-view.js';

const open = (id: string) => new LiveCluster(id);

/** A cluster's operation, live, and the step that is selected. */
export function ClusterView(place: Place) {
  const live = useLive(open, place.id);
  if (!live) return null;
  return (
    <>
      <WhileAway store={live.store} />
      <Followed live={live} place={place} />
    </>
  );
}

function Followed({ live, place }: { live: LiveCluster; place: Place }) {
  const cluster = useStore(live.store, ({ cluster }) => cluster);
  const operations = useStore(live.store, ({ operations }) => operations);
  const fault = useStore(live.store, ({ fault }) => fault);
  const ended = useStore(live.store, ({ ended }) => ended);
  if (!cluster)
    return fault ? fault.code === 'NOT_FOUND' ? <Gone id={place.id} /> : <Refused fault={fault} /> : <Waiting />;
  const newest = operations.at(-1) ?? null;
  const operation = place.operation ? (operations.find(({ id }) => id === place.operation) ?? null) : newest;
  if (!operation && place.operation) return <PastOperationView live={live} cluster={cluster} place={place} />;
  if (!operation)
    return (
      <>
        <Heading live={live} cluster={cluster} operation={null} steps={[]} />
        {!ended && <NoOperation cluster={cluster} />}
      </>
    );
  return <LiveOperationView key={operation.id} live={live} place={place} operationId={operation.id} />;
}

/** One of the operations that are followed. */
function LiveOperationView({ live, place, operationId }: { live: LiveCluster; place: Place; operationId: string }) {
  const cluster = useStore(live.store, ({ cluster }) => cluster);
  const operation = useStore(live.store, ({ operations }) => operations.find(({ id }) => id === operationId));
  const all = useStore(live.store, ({ steps }) => steps);
  if (!cluster || !operation) return null;
  const steps = all.filter((step) => step.operationId === operationId);
  return <OperationView live={live} cluster={cluster} operation={operation} steps={steps} place={place} />;
}
