import { SearchX } from 'lucide-react';
import { Link } from 'wouter';
import { Message } from '../ui/message.js';
import { shown } from '../ui/text.js';
import { isId, type StateFilter, type Wanted } from './wanted.js';

const states: Readonly<Record<StateFilter, string>> = {
  all: 'No cluster',
  running: 'No running cluster',
  failing: 'No failing cluster',
  failed: 'No failed cluster',
  stalled: 'No stalled cluster',
  idle: 'No idle cluster',
};

/** The filter or the search finds nothing: what was looked for, and how to look further. */
export function NothingFound({ wanted: { text, state }, all }: { wanted: Wanted; all: number | null }) {
  const icon = <SearchX size={20} aria-hidden="true" />;
  const others = text !== '' && state !== 'all' && all !== null && all > 0;
  return (
    <Message
      icon={icon}
      title={text === '' ? `${states[state]}${state === 'all' ? '' : ' now'}` : <Titled {...{ text, state }} />}
    >
      {isId(text) && (
        <p>
          If this is the id of an error, it leads to its failure: <Link href={`/errors/${text}`}>look it up</Link>.
        </p>
      )}
      {text !== '' && !isId(text) && <p>Names are searched for this text, in capitals or not; ids only as a whole.</p>}
      <p>
        {others && (
          <>
            <Link href={`/?q=${encodeURIComponent(text)}`}>
              {all === 1 ? '1 cluster in another state' : `${all.toLocaleString('en-GB')} clusters in other states`}
            </Link>
            {' · '}
          </>
        )}
        <Link href="/">Clear, and show all clusters</Link>
      </p>
    </Message>
  );
}

const Titled = ({ text, state }: { text: string; state: StateFilter }) => (
  <>
    {states[state]} has {isId(text) ? 'the id' : ''} “<span dir="auto">{shown(text)}</span>”
    {isId(text) ? '' : ' in its name'}
  </>
);
