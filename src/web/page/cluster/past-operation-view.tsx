import type { Cluster } from 'stepcast/client';
import { Link } from 'wouter';
import { addressOf, type Place } from '../address.js';
import type { LiveCluster } from '../live/cluster.js';
import { PastOperation } from '../live/operation.js';
import { useStore } from '../live/store.js';
import { useLive } from '../live/use-live.js';
import { Message } from '../ui/message.js';
import { shown } from '../ui/text.js';
import { Waiting } from './absent.js';
import { Heading } from './heading.js';
import { OperationView } from './operation-view.js';

export interface PastOperationViewProps {
  readonly live: LiveCluster;
  readonly cluster: Cluster;
  readonly place: Place;
}

const open = (id: string) => new PastOperation(id);

/** An operation that is too long ago to be followed: as it ended. */
export function PastOperationView(props: PastOperationViewProps) {
  const past = useLive(open, props.place.operation ?? '');
  return past ? <Read past={past} {...props} /> : <Waiting />;
}

function Read({ past, live, cluster, place }: PastOperationViewProps & { past: PastOperation }) {
  const { operation, steps, isMissing, fault } = useStore(past.store);
  if (operation?.clusterId === cluster.id)
    return <OperationView live={live} cluster={cluster} operation={operation} steps={steps} place={place} />;
  if (!operation && !isMissing && !fault) return <Waiting />;
  return (
    <>
      <Heading live={live} cluster={cluster} operation={null} steps={[]} isStanding={false} />
      <Message title={fault ? 'This operation cannot be shown' : 'This cluster has no operation with this id'}>
        <p dir="auto">{fault ? shown(fault.message) : <code>{shown(place.operation ?? '')}</code>}</p>
        <p>
          <Link href={addressOf({ id: cluster.id })}>Its newest operation</Link>
        </p>
      </Message>
    </>
  );
}
