import { CircleQuestionMark, FileSearch, Globe, Moon, Sun, SunMoon } from 'lucide-react';
import { Link, useLocation } from 'wouter';
import { useStore } from '../live/store.js';
import { headline } from '../ui/document-title.js';
import { theme, zone } from '../ui/settings.js';
import { shown } from '../ui/text.js';
import { Account } from './account.js';
import { Badge } from './badge.js';
import styles from './header.module.css';

/** The product, where one is, how current it is, and what the viewer can choose. */
export const Header = ({ onHelp }: { onHelp: () => void }) => (
  <header className={styles.header}>
    <Link href="/" className={styles.brand}>
      <svg viewBox="0 0 32 32" width="18" height="18" aria-hidden="true" focusable="false">
        <rect x="2" y="19" width="8" height="11" rx="2" fill="currentColor" />
        <rect x="12" y="11" width="8" height="19" rx="2" fill="currentColor" />
        <rect x="22" y="2" width="8" height="28" rx="2" fill="currentColor" opacity="0.55" />
      </svg>
      Stepcast
    </Link>
    <Breadcrumb />
    <div className={styles.tools}>
      <Badge />
      <Link
        href="/errors"
        className="button quiet icon"
        aria-label="Look up an error id"
        data-tip="Look up an error id (g e)"
      >
        <FileSearch size={16} aria-hidden="true" />
      </Link>
      <ZoneSwitch />
      <ThemeSwitch />
      <button
        type="button"
        className="button quiet icon"
        aria-label="Keys and settings"
        data-tip="Keys and settings (?)"
        onClick={onHelp}
      >
        <CircleQuestionMark size={16} aria-hidden="true" />
      </button>
      <Account />
      <a className={`button quiet ${styles.graphiql}`} href="/graphiql/" data-tip="Try the GraphQL API">
        GraphiQL
      </a>
    </div>
  </header>
);

function Breadcrumb() {
  const [path] = useLocation();
  const name = useStore(headline, (headline) => headline?.name);
  const isList = path === '/';
  return (
    <nav aria-label="Breadcrumb" className={styles.crumbs}>
      <ol>
        <li>
          <Link href="/" aria-current={isList ? 'page' : undefined}>
            Clusters
          </Link>
        </li>
        {!isList && name && (
          <li aria-current="page" dir="auto" className={styles.place}>
            {shown(name)}
          </li>
        )}
      </ol>
    </nav>
  );
}

function ZoneSwitch() {
  const inZone = useStore(zone);
  const words = `Times are in ${inZone === 'UTC' ? 'UTC' : 'the local zone'}`;
  return (
    <button
      type="button"
      className="button quiet"
      aria-label={`${words}: change`}
      data-tip={`${words} (t)`}
      onClick={() => zone.set(zone.next())}
    >
      <Globe size={14} aria-hidden="true" />
      {inZone === 'UTC' ? 'UTC' : 'Local'}
    </button>
  );
}

function ThemeSwitch() {
  const chosen = useStore(theme);
  const Icon = { system: SunMoon, light: Sun, dark: Moon }[chosen];
  const words = `Colours: ${chosen === 'system' ? 'as the system' : chosen}`;
  return (
    <button
      type="button"
      className="button quiet icon"
      aria-label={`${words}: change`}
      data-tip={words}
      onClick={() => theme.set(theme.next())}
    >
      <Icon size={16} aria-hidden="true" />
    </button>
  );
}
