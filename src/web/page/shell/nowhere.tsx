import { Link } from 'wouter';
import { useTitle } from '../ui/document-title.js';
import { Message } from '../ui/message.js';

/** An address that is none of the page's. */
export function Nowhere() {
  useTitle({ name: 'Nothing here' });
  return (
    <Message title="There is nothing at this address" isView>
      <p>
        Clusters are at <code>/clusters/…</code>, failures at <code>/errors/…</code>.
      </p>
      <p>
        <Link href="/">All clusters</Link>
      </p>
    </Message>
  );
}
