import { useRef } from 'react';
import { type ClusterCounts, LiveClusterCounts } from '../live/cluster-counts.js';
import { Store, useStore } from '../live/store.js';
import { useLive } from '../live/use-live.js';
import { searched, type Wanted } from './wanted.js';

const open = (filter: string) => new LiveClusterCounts(JSON.parse(filter));
const none = new Store<ClusterCounts | null>(null);

/** How many clusters of each kind the text finds. While it is not known of another text, what it was before. */
export function useCounts(wanted: Wanted): ClusterCounts | null {
  const live = useLive(open, JSON.stringify(searched(wanted)));
  const counts = useStore<ClusterCounts | null>(live?.store ?? none);
  const last = useRef(counts);
  if (counts) last.current = counts;
  return last.current;
}
