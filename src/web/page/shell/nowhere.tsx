import { Link } from 'wouter';
import { ErrorLookUp } from '../errors/look-up.js';
import { useTitle } from '../ui/document-title.js';
import { Message } from '../ui/message.js';

/** An address that is none of the page's. */
export function Nowhere() {
  useTitle({ name: 'Nothing here' });
  return (
    <Message title="There is nothing at this address" isView>
      <p>
        Clusters are at <code>/clusters/…</code>, failures at <code>/errors/…</code>. The address may be mistyped, or
        cut off where it was copied.
      </p>
      <p className="bar">
        <Link href="/">All clusters</Link>
        <a href="/graphiql/">GraphiQL</a>
      </p>
      <ErrorLookUp />
    </Message>
  );
}
