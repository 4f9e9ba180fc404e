import { type ReactNode, useState } from 'react';
import { useLocation } from 'wouter';
import { access } from '../live/access.js';
import { useStore } from '../live/store.js';
import { announcement } from '../ui/announce.js';
import { Tooltip } from '../ui/tooltip.js';
import { Boundary } from './boundary.js';
import { Header } from './header.js';
import { Help } from './help.js';
import { Notices } from './notices.js';
import styles from './shell.module.css';
import { useShellKeys } from './shell-keys.js';
import { SignInAgain, SignInView } from './sign-in.js';
import { useViewFocus } from './view-focus.js';

/** What is around every view. */
export function Shell({ children }: { children: ReactNode }) {
  const [isHelpOpen, setHelpOpen] = useState(false);
  useShellKeys(() => setHelpOpen(true));
  useViewFocus();
  const [place] = useLocation();
  const isClosed = useStore(access) === 'closed';
  return (
    <>
      <a className={`${styles.skip} visually-hidden`} href="#main">
        Skip to content
      </a>
      <Header onHelp={() => setHelpOpen(true)} />
      <Notices />
      <SignInAgain />
      <main id="main" tabIndex={-1}>
        <Boundary place={place}>{isClosed ? <SignInView /> : children}</Boundary>
      </main>
      {isHelpOpen && <Help onClose={() => setHelpOpen(false)} />}
      <Announcer />
      <Tooltip />
    </>
  );
}

const Announcer = () => <output className="visually-hidden">{useStore(announcement)}</output>;
