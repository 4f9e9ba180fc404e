import type { LogState } from '../live/log/state.js';
import { Time } from '../ui/time.js';

export interface EdgeProps {
  readonly state: LogState;
  readonly onOlder: () => void;
}

/** What is above the oldest row that is held: more, the beginning of the log, or how far a search has looked. */
export function OldestEdge({ state: { older, searchedTo, opened, rows }, onOlder }: EdgeProps) {
  if (!opened) return null;
  const searched = searchedTo && (
    <>
      Searched back to <Time at={searchedTo} isFocusable={false} />
    </>
  );
  switch (older) {
    case 'end':
      return rows.length > 0 ? <>Beginning of the log</> : null;
    case 'loading':
      return searched ? <>{searched}, going on …</> : <>Reading older events …</>;
    case 'failed':
      return <Ask onClick={onOlder} words="Older events could not be read." button="Try again" />;
    case 'paused':
      return <Ask onClick={onOlder} words={<>{searched ?? 'Nothing found so far'}.</>} button="Search further back" />;
    case 'more':
      return <Ask onClick={onOlder} words={searched && <>{searched}.</>} button="Read older events" />;
  }
}

const Ask = ({ words, button, onClick }: { words: React.ReactNode; button: string; onClick: () => void }) => (
  <>
    {words}{' '}
    <button type="button" className="link-button" onClick={onClick}>
      {button}
    </button>
  </>
);
