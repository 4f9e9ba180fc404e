import { type Following, type FollowState, StepcastError } from 'stepcast/client';
import { Store } from './store.js';
import { type Trouble, troubleOf } from './trouble.js';

/** How far what is shown can be believed. */
export interface Connection {
  /** That of whichever following is worst off; `stale` with any trouble. */
  readonly status: Exclude<FollowState['status'], 'signed-out'>;
  /** Since when, by the viewer's clock; of what is stale: when it was last known to be current. */
  readonly since: Date;
  /** Why it will not get better by itself, or only once the device is back; null: nothing is known to be wrong. */
  readonly trouble: Trouble | null;
}

const worstFirst = ['signed-out', 'stale', 'connecting', 'catching-up', 'polling', 'live'];

/** Those that go on, and how not to listen to them any more. */
const followings = new Map<Following<unknown>, () => void>();
/** Those that are over: with a fault, or because what they followed was deleted; until their views are left. */
const endings = new Map<Following<unknown>, { readonly trouble: Trouble | null; readonly since: Date }>();
/** How requests have gone since they last began to go well, or to fail. */
let answers: { readonly isWell: boolean; readonly trouble: Trouble | null; readonly since: Date } | null = null;

/** The connection of the page. Told at once: it is also shown while the page is paused. */
export const connection = new Store<Connection>(
  { status: 'connecting', since: new Date(), trouble: null },
  { immediate: true },
);

/** Counts a following in, until the returned function is called. */
export function watchConnection(following: Following<unknown>): () => void {
  followings.set(following, following.onState(judge));
  judge();
  return () => {
    followings.get(following)?.();
    followings.delete(following);
    judge();
  };
}

/** A following is over by itself: with a fault, or (null) because what it followed was deleted. */
export function noteEnd(following: Following<unknown>, fault: unknown): void {
  const trouble = fault === null ? 'deleted' : troubleOf(fault, 'following');
  endings.set(following, { trouble, since: new Date() });
  judge();
}

/** Nobody wants a following any more. */
export function noteLeft(following: Following<unknown>): void {
  endings.delete(following);
  judge();
}

/** How a request went: with a fault, or (null) well. */
export function noteAnswer(fault: unknown): void {
  const isWell = !(fault instanceof StepcastError && fault.code === 'UNAVAILABLE');
  const trouble = fault === null ? null : troubleOf(fault, 'request');
  if (answers?.isWell !== isWell || answers.trouble !== trouble) answers = { isWell, trouble, since: new Date() };
  judge();
}

/** Milliseconds for which a connection that was lost may come back without a word: one that is cut every few seconds would flicker. */
const grace = 2_000;
/** `over`: it was not back in time. */
let waiting: ReturnType<typeof setTimeout> | 'over' | null = null;

const isWell = (status: Connection['status']): boolean => status === 'live' || status === 'polling';

/** Whether the page was current until just now, and may be again in a moment. What will not come back by itself is told at once. */
function isMomentary({ status, trouble }: Connection): boolean {
  if (trouble || isWell(status) || !isWell(connection.value.status)) {
    if (waiting !== null && waiting !== 'over') clearTimeout(waiting);
    waiting = null;
    return false;
  }
  waiting ??= setTimeout(() => {
    waiting = 'over';
    judge();
  }, grace);
  return waiting !== 'over';
}

const returned = new Set<() => void>();
let wasLost = false;

/** Calls the listener whenever the connection is there again that was lost, for however short a time. */
export const onReturn = (listener: () => void): void => void returned.add(listener);

function noteReturn({ status }: Connection): void {
  if (status === 'stale') wasLost = true;
  if (!wasLost || !isWell(status)) return;
  wasLost = false;
  for (const listener of returned) listener();
}

function judge(): void {
  const next = judged();
  noteReturn(next);
  if (isMomentary(next)) return;
  const { status, since, trouble } = connection.value;
  if (next.status === status && next.trouble === trouble && next.since.getTime() === since.getTime()) return;
  connection.set(next);
}

function judged(): Connection {
  const ended = [...endings.values()];
  const troubled = [...ended, ...(answers ? [answers] : [])].find(({ trouble }) => trouble);
  if (troubled) return { status: 'stale', since: troubled.since, trouble: troubled.trouble };
  const states = [...followings.keys()].filter((following) => !endings.has(following)).map(({ state }) => state);
  const worst = worstFirst.flatMap((status) => states.find((state) => state.status === status) ?? [])[0];
  const { status, since } = worst ?? asAnswered(ended[0]?.since);
  if (status === 'signed-out') return { status: 'stale', since, trouble: status };
  return offline({ status, since, trouble: null });
}

/** Whether a following is over with a fault: it does not go on when what was wrong is put right. */
export const hasFailed = (): boolean => [...endings.values()].some(({ trouble }) => trouble && trouble !== 'deleted');

/** Of a page that follows nothing, or nothing any more because there is no such thing: how its requests went. */
function asAnswered(endedAt: Date | undefined): FollowState {
  if (endedAt) return { status: 'live', since: endedAt };
  if (!answers) return { status: 'connecting', since: opened };
  return { status: answers.isWell ? 'live' : 'stale', since: answers.since };
}

const opened = new Date();

function offline(state: Connection): Connection {
  // A server on the device itself is reached without a network.
  if (navigator.onLine || (state.status === 'live' && isLoopback(location.hostname))) return state;
  const since = state.status === 'stale' || !wentOffline ? state.since : wentOffline;
  return { status: 'stale', since, trouble: 'offline' };
}

const isLoopback = (name: string) => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(name);

let wentOffline: Date | null = null;
addEventListener('offline', () => {
  wentOffline = new Date();
  judge();
});
addEventListener('online', () => {
  wentOffline = null;
  judge();
});

/** Has the document say how current it is (`data-connection`), so that styles can: from now on. */
export function markDocument(): void {
  const mark = () => {
    const { status, trouble } = connection.shown;
    document.documentElement.dataset.connection = trouble === 'deleted' ? 'deleted' : status;
  };
  connection.subscribe(mark);
  mark();
}
