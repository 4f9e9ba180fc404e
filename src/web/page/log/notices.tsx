import type { Step } from 'stepcast/client';
import { isFiltered, type LogFilter } from '../live/log/scope.js';
import type { LogState } from '../live/log/state.js';
import { server } from '../live/server.js';
import { useStore } from '../live/store.js';
import type { ScopeName } from './filter.js';
import styles from './log.module.css';
import { noteOn } from './notes.js';

export interface NoticesProps {
  readonly state: LogState;
  readonly scope: ScopeName;
  readonly step: Step;
  readonly filter: LogFilter;
}

/** What the reader has to know about the log as a whole. */
export function Notices({ state, scope, step, filter }: NoticesProps) {
  const { rows, wasReset, ended, fault, opened } = state;
  const isOn = useStore(server, (server) => server?.eventLog);
  const note = rows.length > 0 ? noteOn(state, scope, step, filter) : null;
  const notices = [
    isOn === false &&
      'The event log is switched off on this server: nothing new is recorded. What was recorded before can still be read.',
    ended && 'This cluster was deleted: nothing more comes. What was read stays here.',
    wasReset &&
      'Events before these were erased, or the database was restored, before they could be shown here: some may be missing.',
    fault && opened && `The log is not followed any more: ${fault.message}`,
    note,
  ].filter((notice) => typeof notice === 'string');
  return (
    <div role="status" className={styles.notices}>
      {notices.map((notice) => (
        <p key={notice}>{notice}</p>
      ))}
    </div>
  );
}

/** What stands where there are no rows: why not. */
export function EmptyLog({ state, scope, step, filter, onClear }: NoticesProps & { readonly onClear: () => void }) {
  const { opened, fault, older } = state;
  if (!opened && fault) {
    return (
      <p role="alert">
        {fault.retryable
          ? `The log cannot be read at the moment (${fault.message}). It is tried again until it can be.`
          : `The log cannot be read: ${fault.message}`}
      </p>
    );
  }
  if (!opened || older === 'loading') return <p>{isFiltered(filter) ? 'Searching the log …' : 'Reading the log …'}</p>;
  if (!isFiltered(filter)) return <p>{noteOn(state, scope, step, filter) ?? 'Nothing is here.'}</p>;
  return (
    <>
      <p>
        {older === 'end' ? 'Nothing in this log is like that.' : 'Nothing found so far: above is how far was searched.'}
      </p>
      <button type="button" className="button" onClick={onClear}>
        Show everything
      </button>
    </>
  );
}
