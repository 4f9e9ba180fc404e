import { RefreshCw, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { connection } from '../live/connection.js';
import { pageVersion, server } from '../live/server.js';
import { useStore } from '../live/store.js';
import styles from './notices.module.css';

/** What is the matter with the page itself, where the viewer can do something about it. */
export function Notices() {
  const trouble = useStore(connection, ({ trouble }) => trouble);
  const version = useStore(server, (server) => server?.version ?? null);
  const isOther = version !== null && version !== pageVersion;
  const hasOtherPage = useStore(server, (server) => server?.hasOtherPage ?? false);
  return (
    <>
      {trouble === 'misunderstood' && (
        <Notice icon={<TriangleAlert size={16} aria-hidden="true" />} isUrgent>
          The page and the server do not understand each other: the page is of version {pageVersion}, the server{' '}
          {version === null ? 'did not say of which' : `of ${version}`}. <Reload />
        </Notice>
      )}
      {trouble === 'failing' && (
        <Notice icon={<TriangleAlert size={16} aria-hidden="true" />} isUrgent>
          The server fails at what this page asks of it; its log says why. What is shown is as of then. <Reload />
        </Notice>
      )}
      {isOther && trouble !== 'misunderstood' && (
        <Notice icon={<RefreshCw size={16} aria-hidden="true" />}>
          A new version is there: the server has {version}, this page {pageVersion}. <Reload />
        </Notice>
      )}
      {hasOtherPage && !isOther && trouble !== 'misunderstood' && (
        <Notice icon={<RefreshCw size={16} aria-hidden="true" />}>
          The server has another build of this page by now. <Reload />
        </Notice>
      )}
    </>
  );
}

const Reload = () => (
  <button type="button" className="button" onClick={() => location.reload()}>
    Reload
  </button>
);

const Notice = ({ icon, isUrgent = false, children }: { icon: ReactNode; isUrgent?: boolean; children: ReactNode }) => (
  <div role={isUrgent ? 'alert' : 'status'} className={`${styles.notice} ${isUrgent ? styles.urgent : ''}`}>
    {icon}
    <span>{children}</span>
  </div>
);
