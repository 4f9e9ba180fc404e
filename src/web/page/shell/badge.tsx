import { CircleCheck, CloudOff, LoaderCircle, LogOut, RefreshCw, Trash2, TriangleAlert, WifiOff } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { client } from '../live/client.js';
import { byServer } from '../live/clock.js';
import { type Connection, connection } from '../live/connection.js';
import { useStore } from '../live/store.js';
import { announce } from '../ui/announce.js';
import { zone } from '../ui/settings.js';
import { clockTime, type Zone } from '../ui/times.js';
import styles from './badge.module.css';
import { behind, pause } from './pause.js';

/** How current the page is, in words, with an icon and a colour. */
export function Badge() {
  const state = useStore(connection);
  const held = useStore(behind);
  const inZone = useStore(zone);
  const isLong = useIsLong(state.status === 'connecting');
  const { icon: Icon, look, words, why } = badgeOf(isLong ? { ...state, status: 'stale' } : state, inZone);
  const isRetrying = (state.status === 'stale' || isLong) && !state.trouble;
  const seconds = useSecondsLeft(isRetrying);
  useAnnounced(state, words);
  return (
    <span
      className={`${styles.badge} ${styles[look]}`}
      data-tip={why}
      tabIndex={why ? 0 : undefined}
      data-status={state.trouble ?? state.status}
    >
      {words === 'live' && held === null ? (
        <span className={`${styles.dot} moving`} />
      ) : (
        <Icon size={14} aria-hidden="true" className={styles.icon} />
      )}
      <span>
        {held === null
          ? words + (seconds === null ? '' : ` in ${seconds} s`)
          : `paused, ${held.toLocaleString('en-GB')} change${held === 1 ? '' : 's'} behind`}
      </span>
      {held === null && isRetrying && (
        <button type="button" className="link-button" onClick={() => client.reconnect()}>
          now
        </button>
      )}
      {held !== null && (
        <button type="button" className="link-button" onClick={() => pause(false)}>
          go on
        </button>
      )}
    </span>
  );
}

interface Shown {
  readonly icon: typeof CircleCheck;
  readonly look: 'live' | 'working' | 'warning' | 'over';
  readonly words: string;
  /** What the words leave open. */
  readonly why?: string;
}

const polls =
  'No websocket gets through to the server, perhaps because of a proxy: it is asked every few seconds instead.';

function badgeOf({ status, since, trouble }: Connection, inZone: Zone): Shown {
  const at = clockTime(byServer(since.getTime()), inZone);
  switch (trouble) {
    case 'offline':
      return { icon: WifiOff, look: 'warning', words: `this device is offline since ${at}` };
    case 'signed-out':
      return { icon: LogOut, look: 'warning', words: 'signed out' };
    case 'deleted':
      return { icon: Trash2, look: 'over', words: `deleted at ${at}` };
    case 'misunderstood':
      return { icon: TriangleAlert, look: 'warning', words: `not understood since ${at}` };
    case 'failing':
      return { icon: TriangleAlert, look: 'warning', words: `the server fails since ${at}` };
  }
  switch (status) {
    case 'stale':
      return { icon: CloudOff, look: 'warning', words: `no connection since ${at}, retrying` };
    case 'connecting':
      return { icon: LoaderCircle, look: 'working', words: 'connecting' };
    case 'catching-up':
      return { icon: RefreshCw, look: 'working', words: 'catching up' };
    case 'live':
      return { icon: CircleCheck, look: 'live', words: 'live' };
    case 'polling':
      return { icon: RefreshCw, look: 'live', words: 'live, by asking', why: polls };
  }
}

/** Seconds until the connection is tried again, while that is worth counting; null: it is not waited for. */
function useSecondsLeft(isRetrying: boolean): number | null {
  const [left, setLeft] = useState<number | null>(null);
  useEffect(() => {
    if (!isRetrying) return;
    const read = () => {
      const seconds = Math.ceil(((client.retryAt()?.getTime() ?? 0) - Date.now()) / 1_000);
      setLeft(seconds > 1 ? seconds : null);
    };
    read();
    const timer = setInterval(read, 500);
    return () => {
      clearInterval(timer);
      setLeft(null);
    };
  }, [isRetrying]);
  return left;
}

/** Milliseconds after which connecting is no connection. */
const patience = 5_000;

/** Whether it has been so for longer than one waits without a word. */
function useIsLong(isSo: boolean): boolean {
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    setLong(false);
    if (!isSo) return;
    const timer = setTimeout(() => setLong(true), patience);
    return () => clearTimeout(timer);
  }, [isSo]);
  return isLong && isSo;
}

/** Says changes of the connection aloud; not that it is made for the first time. */
function useAnnounced({ status, trouble }: Connection, words: string): void {
  const kind = trouble ?? status;
  const said = useRef<string | null>(null);
  useEffect(() => {
    const isSettled = kind !== 'connecting' && kind !== 'catching-up';
    if (!isSettled || said.current === kind) return;
    if (said.current !== null || kind !== 'live') announce(`Connection: ${words}.`);
    said.current = kind;
  }, [kind, words]);
}
