import { useEffect, useRef, useState } from 'react';
import type { Event } from 'stepcast/client';
import { useParameter } from '../address.js';
import type { LiveLog } from '../live/log/log.js';
import type { LogState } from '../live/log/state.js';

export interface RowKeys {
  /** The event that is open in the panel (`?event=`). */
  readonly selected: string | null;
  /** The row that the keyboard is at. */
  readonly focused: string | null;
  open(id: string): void;
  close(): void;
  /** To the row before or after, in the panel or in the list. */
  move(by: 1 | -1): void;
  /** To the next failure, or the one before, also where it is not held. */
  toFailure(direction: 'before' | 'after'): void;
}

/** Moving among the rows of a log and opening them; `leave` is called when that is away from the newest. */
export function useLogRows(live: LiveLog | null, { rows, opened }: LogState, leave: () => void): RowKeys {
  const [selected, select] = useParameter('event');
  const [focused, focus] = useState<string | null>(null);
  const openedFor = useRef(selected);

  // Another event is asked for, by a link or by going back: the log is opened where it is.
  // biome-ignore lint/correctness/useExhaustiveDependencies: when another one is selected, not when rows come.
  useEffect(() => {
    if (selected === openedFor.current) return;
    openedFor.current = selected;
    if (selected === null || !live || !opened || rows.some(({ id }) => id === selected)) return;
    leave();
    void live.openAround(selected);
  }, [selected]);

  const show = (event: Event | undefined) => {
    if (!event) return;
    focus(event.id);
    if (event !== rows.at(-1)) leave();
    if (selected !== null) select(event.id, { replace: true });
  };
  const at = () => {
    const index = rows.findIndex(({ id }) => id === (selected ?? focused));
    return index < 0 ? rows.length : index;
  };
  const move = (by: 1 | -1) => show(rows[Math.min(rows.length - 1, Math.max(0, at() + by))]);
  const toFailure = async (direction: 'before' | 'after') => {
    const held =
      direction === 'before'
        ? rows.slice(0, at()).findLast(({ successful }) => !successful)
        : rows.slice(at() + 1).find(({ successful }) => !successful);
    if (held) return show(held);
    leave();
    const event = await live?.openFailure(direction);
    if (!event) return;
    focus(event.id);
    if (selected !== null) select(event.id, { replace: true });
  };
  return {
    selected,
    focused,
    open(id) {
      focus(id);
      select(id, { replace: selected !== null });
    },
    close: () => select(null),
    move,
    toFailure: (direction) => void toFailure(direction),
  };
}
