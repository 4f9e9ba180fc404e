import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { Badge } from './badge.js';

/** What is around every view. */
export const Shell = ({ children }: { children: ReactNode }) => (
  <>
    <a className="skip" href="#main">
      Skip to content
    </a>
    <header className="shell">
      <Link href="/" className="brand">
        Stepcast
      </Link>
      <Badge />
      <a href="/graphiql/">GraphiQL</a>
    </header>
    <main id="main" tabIndex={-1}>
      {children}
    </main>
  </>
);
