import type { Place } from '../address.js';
import { LiveCluster } from '../live/cluster.js';
import { useStore } from '../live/store.js';
import { useLive } from '../live/use-live.js';
import { StepPanel } from '../step/step-panel.js';

const open = (id: string) => new LiveCluster(id);

/** A cluster's operation, live, and the step that is selected. */
export function ClusterView(place: Place) {
  const live = useLive(open, place.id);
  return live ? <Followed live={live} place={place} /> : null;
}

function Followed({ live, place }: { live: LiveCluster; place: Place }) {
  const cluster = useStore(live.store, ({ cluster }) => cluster);
  const steps = useStore(live.store, ({ steps }) => steps);
  const step = steps.find(({ id }) => id === place.step) ?? steps[0];
  if (!cluster) return null;
  return (
    <>
      <h1>{cluster.name}</h1>
      {step && <StepPanel cluster={cluster} step={step} />}
    </>
  );
}
