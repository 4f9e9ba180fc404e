import { useEffect } from 'react';
import { useStore } from '../live/store.js';
import { useLive } from '../live/use-live.js';
import { announce } from '../ui/announce.js';
import { ClusterTable } from './cluster-table.js';
import { Fault } from './fault.js';
import { FirstLoad } from './first-load.js';
import { LiveList } from './live-list.js';
import { NoCluster } from './no-cluster.js';
import { NothingFound } from './nothing-found.js';
import { OrderPill } from './order-pill.js';
import { TooMany } from './too-many.js';
import type { Wanted } from './wanted.js';

const open = () => new LiveList();

export interface ListedProps {
  readonly wanted: Wanted;
  /** How many clusters the text finds, in whatever state. Null: not known. */
  readonly all: number | null;
}

/** The clusters that are wanted, live, or why there are none. */
export function Listed(props: ListedProps) {
  const live = useLive(open, 'clusters');
  return live ? <Followed live={live} {...props} /> : <FirstLoad />;
}

function Followed({ live, wanted: { text, state, sort }, all }: ListedProps & { live: LiveList }) {
  useEffect(() => live.want({ text, state, sort }), [live, text, state, sort]);
  const answered = useStore(live.store, ({ answered }) => answered);
  const isEmpty = useStore(live.store, ({ arranged }) => arranged.ids.length === 0);
  const fault = useStore(live.store, ({ fault }) => fault);
  useEffect(() => {
    const count = live.store.value.arranged.ids.length;
    if (answered) announce(count === 1 ? '1 cluster.' : `${count} clusters.`);
  }, [live, answered]);
  if (fault) return <Fault fault={fault} onAgain={() => live.again()} />;
  if (!answered) return <FirstLoad />;
  if (isEmpty) {
    const isAll = answered.text === '' && answered.state === 'all';
    return isAll ? <NoCluster /> : <NothingFound wanted={answered} all={all} />;
  }
  return (
    <>
      <OrderPill live={live} />
      <ClusterTable live={live} />
      <TooMany live={live} />
    </>
  );
}
