import type { Following, FollowState } from 'stepcast/client';
import { Store } from './store.js';

/** How far what is shown can be believed. `since`: when it was last known to be current. */
export type Connection = FollowState;

const order = ['stale', 'connecting', 'catching-up', 'live'] as const;

const followings = new Set<Following<unknown>>();

/** The connection of the page: that of whichever of its followings is worst off. */
export const connection = new Store<Connection>({ status: 'connecting', since: new Date() });

/** Counts a following in, until the returned function is called. */
export function watchConnection(following: Following<unknown>): () => void {
  followings.add(following);
  const unlisten = following.onState(judge);
  judge();
  return () => {
    unlisten();
    followings.delete(following);
    judge();
  };
}

function judge(): void {
  const states = [...followings].map(({ state }) => state);
  const worst = order.flatMap((status) => states.find((state) => state.status === status) ?? [])[0];
  if (worst) connection.set(worst);
}
