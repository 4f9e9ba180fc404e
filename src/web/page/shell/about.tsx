import { pageVersion, server } from '../live/server.js';
import { useStore } from '../live/store.js';
import { inWords } from '../ui/durations.js';

/** A difference that is worth a word, in milliseconds. */
const noticeable = 30_000;

/** What is behind the page. */
export function About() {
  const known = useStore(server);
  const skew = known?.skew ?? 0;
  return (
    <>
      <p>
        The page is of version {pageVersion}, the server {known ? `of ${known.version}` : 'has not said of which'}.
      </p>
      {Math.abs(skew) > noticeable && (
        <p>
          The clock of this device is {inWords(Math.abs(skew))} {skew > 0 ? 'ahead of' : 'behind'} that of the server.
          Times and durations are shown by the server's.
        </p>
      )}
      <p>
        The same is at <a href="/graphiql/">/graphiql</a>, at <code>/v1.1</code>, and in the terminal:{' '}
        <code>npm run watch</code>.
      </p>
    </>
  );
}
