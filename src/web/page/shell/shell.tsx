import { type ReactNode, useState } from 'react';
import { useStore } from '../live/store.js';
import { announcement } from '../ui/announce.js';
import { Tooltip } from '../ui/tooltip.js';
import { Header } from './header.js';
import { Help } from './help.js';
import styles from './shell.module.css';
import { useShellKeys } from './shell-keys.js';
import { useViewFocus } from './view-focus.js';

/** What is around every view. */
export function Shell({ children }: { children: ReactNode }) {
  const [isHelpOpen, setHelpOpen] = useState(false);
  useShellKeys(() => setHelpOpen(true));
  useViewFocus();
  return (
    <>
      <a className={`${styles.skip} visually-hidden`} href="#main">
        Skip to content
      </a>
      <Header onHelp={() => setHelpOpen(true)} />
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      {isHelpOpen && <Help onClose={() => setHelpOpen(false)} />}
      <Announcer />
      <Tooltip />
    </>
  );
}

const Announcer = () => <output className="visually-hidden">{useStore(announcement)}</output>;
