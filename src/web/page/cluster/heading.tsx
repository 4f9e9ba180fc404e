import { Trash2 } from 'lucide-react';
import type { Cluster, Operation, Step } from 'stepcast/client';
import { addressOf } from '../address.js';
import { useNow } from '../live/clock.js';
import type { LiveCluster } from '../live/cluster.js';
import { useStore } from '../live/store.js';
import { CopyButton } from '../ui/copy-button.js';
import { LookIcon } from '../ui/icon.js';
import { zone } from '../ui/settings.js';
import { firstLine, shown } from '../ui/text.js';
import { absolute } from '../ui/times.js';
import styles from './heading.module.css';
import { type Headline, headline } from './headline.js';

export interface HeadingProps {
  readonly live: LiveCluster;
  readonly cluster: Cluster;
  readonly operation: Operation | null;
  /** The operation's. */
  readonly steps: readonly Step[];
  /** Milliseconds that such an operation usually takes. */
  readonly usual?: number | null;
  /** The step that is selected: the copied address leads to it. */
  readonly selected?: Step | null;
  /** Whether it is said how the operation stands. */
  readonly isStanding?: boolean;
}

/** The view's head: which cluster, what is the matter, how far it is and until when. */
export function Heading({ cluster, selected = null, isStanding = true, ...told }: HeadingProps) {
  const { name, status, statusDescription, pluginName, pluginVersion } = cluster;
  const address = () => {
    const place = { id: cluster.id, operation: told.operation?.id, step: selected?.id };
    return location.origin + addressOf(place, location.search.slice(1));
  };
  return (
    <header className={styles.heading}>
      <div className={styles.title}>
        <h1 dir="auto">{shown(name)}</h1>
        <span className={styles.status}>
          <span className="visually-hidden">Status: </span>
          <strong dir="auto">{shown(status)}</strong>
          {statusDescription && <span dir="auto">: {firstLine(statusDescription)}</span>}
        </span>
        <span className={styles.aside}>
          {pluginName !== null && (
            <span className="muted">
              <span className="visually-hidden">Plugin: </span>
              <span dir="auto">{shown(`${pluginName} ${pluginVersion ?? ''}`)}</span>
            </span>
          )}
          <CopyButton text={address} label="the link to exactly this">
            Share
          </CopyButton>
        </span>
      </div>
      {isStanding && <Standing {...told} />}
    </header>
  );
}

/** The headline, by the server's clock. */
function Standing({ live, operation, steps, usual = null }: Omit<HeadingProps, 'cluster' | 'selected' | 'isStanding'>) {
  const now = useNow();
  const inZone = useStore(zone);
  const ended = useStore(live.store, ({ ended }) => ended);
  const endedAt = useStore(live.store, ({ endedAt }) => endedAt);
  const subject = { operation, steps, usual, deleted: ended ? { at: endedAt } : null };
  const clock = (time: string) => absolute(Date.parse(time), inZone, now ?? Date.now());
  const { look, matter, sentence } = headline(subject, now, clock);
  return (
    <div className={`${styles.standing} ${styles[look] ?? ''}`}>
      {matter !== null && (
        <p className={styles.matter} dir="auto">
          <Sign look={look} />
          <span>{matter}</span>
        </p>
      )}
      <p className={styles.sentence} dir="auto">
        {matter === null && <Sign look={look} />}
        <span>{sentence}</span>
      </p>
    </div>
  );
}

function Sign({ look }: { look: Headline['look'] }) {
  if (look === 'deleted') return <Trash2 className="look" size={16} strokeWidth={2.5} aria-hidden="true" />;
  return <LookIcon look={look === 'idle' ? 'planned' : look} />;
}
