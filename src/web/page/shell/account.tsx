import { LogOut, UserRound } from 'lucide-react';
import { useState, useSyncExternalStore } from 'react';
import { onSession, type Session, session } from '../../sign-in/session.js';
import { signOut } from '../../sign-in/sign-out.js';
import { viewer } from '../live/access.js';
import { useStore } from '../live/store.js';
import { zone } from '../ui/settings.js';
import { Sheet } from '../ui/sheet.js';
import { clockTime } from '../ui/times.js';
import styles from './account.module.css';

/** As whom the viewer is signed in, and how to sign out; nothing where the server asks nobody who they are. */
export function Account() {
  const signedIn = useSyncExternalStore(onSession, session);
  const tenant = useStore(viewer, (viewer) => viewer?.tenantId);
  const [isOpen, setOpen] = useState(false);
  if (!signedIn) return null;
  return (
    <>
      <button
        type="button"
        className={`button quiet ${styles.account}`}
        aria-label={`Signed in${tenant === undefined ? '' : `, tenant ${tenant}`}: as whom, and sign out`}
        data-tip="As whom, and sign out"
        onClick={() => setOpen(true)}
      >
        <UserRound size={16} aria-hidden="true" />
        <bdi className={styles.tenant}>{tenant}</bdi>
      </button>
      {isOpen && (
        <Sheet title="Signed in" isBeside={false} onClose={() => setOpen(false)}>
          <Who {...signedIn} />
          <button type="button" className="button" onClick={signOut}>
            <LogOut size={16} aria-hidden="true" />
            Sign out
          </button>
        </Sheet>
      )}
    </>
  );
}

function Who({ name, endsAt, renewAt }: Session) {
  const known = useStore(viewer);
  const inZone = useStore(zone);
  return (
    <dl className={styles.who}>
      <dt>As</dt>
      <dd dir="auto">{name ?? 'whoever holds the token'}</dd>
      <dt>Tenant</dt>
      <dd dir="auto">{known?.tenantId ?? 'not known yet'}</dd>
      <dt>May</dt>
      <dd>{known ? powersOf(known.roles) : 'not known yet'}</dd>
      {endsAt !== null && (
        <>
          <dt>Until</dt>
          <dd>
            {clockTime(endsAt, inZone)}
            {renewAt !== null && ', and renewed before'}
          </dd>
        </>
      )}
    </dl>
  );
}

/** By the highest role: each may do what those below it may. This page only looks. */
function powersOf(roles: readonly string[]): string {
  if (roles.includes('ADMIN')) return 'look, report, and delete clusters (ADMIN); this page only looks';
  if (roles.includes('REPORTER')) return 'look and report (REPORTER); this page only looks';
  return roles.includes('VIEWER') ? 'look (VIEWER)' : 'do nothing: there is no role';
}
