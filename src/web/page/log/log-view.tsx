import { ArrowDownToLine, UnfoldVertical, Volume2 } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Step } from 'stepcast/client';
import { navigate } from 'wouter/use-browser-location';
import type { LiveLog } from '../live/log/log.js';
import type { LogFilter } from '../live/log/scope.js';
import { nothing } from '../live/log/state.js';
import { stepNames } from '../live/log/step-names.js';
import { Store, useStore } from '../live/store.js';
import { DownloadButton } from './download.js';
import { OldestEdge } from './edge.js';
import { EventPanel } from './event-panel.js';
import { conditions, type ScopeName, scopeOf } from './filter.js';
import { FilterBar } from './filter-bar.js';
import { FollowRule } from './follow-rule.js';
import styles from './log.module.css';
import { LogKeys } from './log-keys.js';
import { LogList } from './log-list.js';
import { count } from './notes.js';
import { EmptyLog, Notices } from './notices.js';
import { ReadAloud } from './read-aloud.js';
import { useFittedHeight } from './use-fitted-height.js';
import { useLeftAt } from './use-left-at.js';
import { useLogRows } from './use-log-rows.js';

export interface LogViewProps {
  /** Null: not opened yet. */
  readonly live: LiveLog | null;
  readonly scope: ScopeName;
  readonly filter: LogFilter;
  readonly step: Step;
}

const unopened = new Store(nothing);

/** A log with what narrows it, its rows, and the panel of the one that is open. */
export function LogView({ live, scope, filter, step }: LogViewProps) {
  const state = useStore(live?.store ?? unopened);
  const root = useRef<HTMLElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const [isAloud, setAloud] = useState(false);
  const [isTall, setTall] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  const height = useFittedHeight(frame);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a log that is opened anew is followed, or stands at an event.
  const rule = useMemo(() => new FollowRule(!new URLSearchParams(location.search).has('event')), [live]);
  const [following, setFollowing] = useState(rule.following);
  const follow = (following: boolean) => {
    rule.following = following;
    if (live) live.followed = following;
    setFollowing(following);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above.
  useEffect(() => follow(rule.following), [rule]);

  const rows = useLogRows(live, state, () => follow(false));
  const { selected } = rows;
  const leftAt = useLeftAt(live);
  const steps = useStepNames(scope, step.clusterId, state.rows);

  useEffect(() => {
    if (isTall) root.current?.scrollIntoView({ block: 'start' });
  }, [isTall]);

  const event = selected === null ? undefined : state.rows.find(({ id }) => id === selected);
  return (
    <section ref={root} aria-label="Log" className={styles.view}>
      {live && (
        <LogKeys
          rows={rows}
          isInside={() => selected !== null || root.current?.contains(document.activeElement) === true}
          onFollow={() => follow(!rule.following)}
          onSearch={() => field.current?.focus()}
        />
      )}
      <div className={styles.tools}>
        <FilterBar scope={scope} field={field} onEnter={() => rows.move(-1)} />
        <div className={styles.actions}>
          <button
            type="button"
            className="button"
            aria-pressed={following}
            data-tip="Keep the newest lines in view (f)"
            onClick={() => follow(!following)}
          >
            <ArrowDownToLine size={14} aria-hidden="true" /> Follow
          </button>
          <button
            type="button"
            className="button icon"
            aria-pressed={isAloud}
            aria-label="Read new lines aloud"
            data-tip="Read new lines aloud, for screen readers"
            onClick={() => setAloud(!isAloud)}
          >
            <Volume2 size={14} aria-hidden="true" />
          </button>
          <button
            type="button"
            className="button icon"
            aria-pressed={isTall}
            aria-label="Tall log"
            data-tip="Give the log the height of the window"
            onClick={() => setTall(!isTall)}
          >
            <UnfoldVertical size={14} aria-hidden="true" />
          </button>
          <DownloadButton scope={scopeOf(scope, step)} name={`log-${scope === 'step' ? step.stepName : scope}`} />
        </div>
      </div>
      <Notices state={state} scope={scope} step={step} filter={filter} />
      <div ref={frame} className={styles.frame} style={{ height: isTall ? undefined : height }}>
        {live && (
          <LogList
            live={live}
            state={state}
            rule={rule}
            onFollow={(now) => now !== following && follow(now)}
            steps={steps}
            selected={selected}
            focused={rows.focused}
            onOpen={rows.open}
            leftAt={leftAt}
            edge={<OldestEdge state={state} onOlder={() => live.readOlder()} />}
          >
            <EmptyLog state={state} scope={scope} step={step} filter={filter} onClear={clear} />
          </LogList>
        )}
        {!following && state.rows.length > 0 && (
          <button type="button" className={`button primary ${styles.newest}`} onClick={() => follow(true)}>
            <ArrowDownToLine size={14} aria-hidden="true" />
            {state.unseen > 0 ? `${count(state.unseen, 'new event')}: jump to newest` : 'Jump to newest'}
          </button>
        )}
      </div>
      {isAloud && <ReadAloud rows={state.newer === 'end' ? state.rows : []} />}
      {selected !== null && (
        <EventPanel
          id={selected}
          event={event}
          stepName={
            steps?.get(event?.provisionStepId ?? '')?.stepName ??
            (event?.provisionStepId === step.id ? step.stepName : undefined)
          }
          onClose={rows.close}
          onMove={rows.move}
        />
      )}
    </section>
  );
}

/** The names of steps that rows belong to; null where all are of one step. */
function useStepNames(scope: ScopeName, clusterId: string, rows: readonly { provisionStepId: string }[]) {
  const names = useStore(stepNames.store);
  const isWide = scope !== 'step';
  useEffect(() => {
    if (isWide) void stepNames.know(clusterId, rows);
  }, [isWide, clusterId, rows]);
  return isWide ? names : null;
}

/** Takes all conditions out of the address. */
function clear(): void {
  const rest = new URLSearchParams(location.search);
  for (const name of conditions) rest.delete(name);
  navigate(`${location.pathname}?${rest}`);
}
