import { Link } from 'wouter';

/** An address that is none of the page's. */
export const Nowhere = () => (
  <section className="message">
    <h1>There is nothing at this address</h1>
    <p>
      Clusters are at <code>/clusters/…</code>, failures at <code>/errors/…</code>. <Link href="/">All clusters</Link>
    </p>
  </section>
);
