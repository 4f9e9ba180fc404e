import { Bell, BellRing } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { Operation } from 'stepcast/client';
import { type Occasion, occasions, titleOf, type Watched } from '../live/notifying.js';
import { shown } from '../ui/text.js';

export interface NotifyButtonProps {
  /** The cluster's name. */
  readonly name: string;
  readonly operation: Operation;
  /** Units that stand failed in its steps. */
  readonly failed: number;
}

/** Phones have notifications of installed pages only. */
const isAvailable = (): boolean =>
  'Notification' in window &&
  isSecureContext &&
  'locks' in navigator &&
  !/Android|iPhone|iPad|Mobi/.test(navigator.userAgent);

/** Operations that the viewer wants to be told of, for as long as the page is open. */
const wanted = new Set<string>();

/**
 * Offers to tell when a running operation ends, has its first failure or stalls: once each, and only while the page is hidden.
 * Asks the browser for permission only when it is pressed. Of several tabs, one tells.
 */
export function NotifyButton({ name, operation, failed }: NotifyButtonProps) {
  const [isOn, setOn] = useState(() => wanted.has(operation.id));
  const [isRefused, setRefused] = useState(false);
  useTold(isOn, name, { operation, failed });
  if (!isAvailable() || operation.state !== 'RUNNING') return null;
  const press = async () => {
    const isWanted = !isOn && (await Notification.requestPermission()) === 'granted';
    setRefused(!isOn && !isWanted);
    setOn(isWanted);
    if (isWanted) wanted.add(operation.id);
    else wanted.delete(operation.id);
  };
  const Icon = isOn ? BellRing : Bell;
  return (
    <>
      <button
        type="button"
        className="button"
        aria-pressed={isOn}
        data-tip="A notification at the end, at the first failure and when it stalls, while this page is not in front"
        onClick={press}
      >
        <Icon size={14} aria-hidden="true" />
        Tell me when it is done
      </button>
      {isRefused && <output className="muted">The browser does not allow notifications of this page.</output>}
    </>
  );
}

function useTold(isOn: boolean, name: string, watched: Watched): void {
  const before = useRef(watched);
  const isSpeaker = useSpeaker(isOn, watched.operation.id);
  const told = useRef(new Set<Occasion>());
  useEffect(() => {
    const was = before.current;
    before.current = watched;
    if (was.operation.id !== watched.operation.id) return told.current.clear();
    for (const occasion of occasions(was, watched)) {
      if (!isOn || !isSpeaker.current || !document.hidden || told.current.has(occasion)) continue;
      told.current.add(occasion);
      tell(titleOf(occasion, shown(name), watched), `${watched.operation.id} ${occasion}`);
    }
  });
}

/** Whether this tab is the one that tells of the operation: whichever came first, while it is open. */
function useSpeaker(isOn: boolean, operationId: string) {
  const isSpeaker = useRef(false);
  useEffect(() => {
    if (!isOn || !isAvailable()) return;
    const giveUp = new AbortController();
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    navigator.locks
      .request(`stepcast notifications ${operationId}`, { signal: giveUp.signal }, () => {
        isSpeaker.current = true;
        return held;
      })
      // Another tab has it, and this one does not wait any more.
      .catch(() => {});
    return () => {
      isSpeaker.current = false;
      giveUp.abort();
      release();
    };
  }, [isOn, operationId]);
  return isSpeaker;
}

function tell(title: string, tag: string): void {
  const notification = new Notification(title, { tag });
  notification.onclick = () => {
    window.focus();
    notification.close();
  };
}
