import { Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Cluster, ErrorGroup, Operation, Step } from 'stepcast/client';
import { addressOf } from '../address.js';
import { useNow } from '../live/clock.js';
import type { LiveCluster } from '../live/cluster.js';
import { useStore } from '../live/store.js';
import { NotifyButton } from '../shell/notify-button.js';
import { CopyButton } from '../ui/copy-button.js';
import { type Glyph, useTitle } from '../ui/document-title.js';
import { exactAddress, useExactPath } from '../ui/exact-path.js';
import { LookIcon } from '../ui/icon.js';
import { zone } from '../ui/settings.js';
import { firstLine, shown } from '../ui/text.js';
import { absolute } from '../ui/times.js';
import { Cause } from './cause.js';
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
  /** Why units of the operation failed, the cause of most first. */
  readonly groups?: readonly ErrorGroup[];
  /** Whether it is said how the operation stands. */
  readonly isStanding?: boolean;
}

/** The view's head: which cluster, what is the matter, how far it is and until when. */
export function Heading({ cluster, selected = null, isStanding = true, groups = [], ...told }: HeadingProps) {
  const { name, status, statusDescription, pluginName, pluginVersion } = cluster;
  useExactPath(addressOf({ id: cluster.id, operation: told.operation?.id, step: selected?.id }));
  const failed = told.steps.reduce((sum, step) => sum + step.failed, 0);
  return (
    <header className={styles.heading}>
      <div className={styles.title}>
        <h1 dir="auto">{shown(name)}</h1>
        <Status status={status} description={statusDescription ?? null} />
        <span className={styles.aside}>
          {pluginName !== null && (
            <span className="muted">
              <span className="visually-hidden">Plugin: </span>
              <span dir="auto">{shown(`${pluginName} ${pluginVersion ?? ''}`)}</span>
            </span>
          )}
          {told.operation && <NotifyButton name={name} operation={told.operation} failed={failed} />}
          <CopyButton text={exactAddress} label="the link to exactly this">
            Share
          </CopyButton>
        </span>
      </div>
      {isStanding && (
        <Standing name={name} {...told}>
          <Cause groups={groups} reason={told.operation?.reason ?? null} />
        </Standing>
      )}
    </header>
  );
}

type StandingProps = Pick<HeadingProps, 'live' | 'operation' | 'steps' | 'usual'> & {
  readonly name: string;
  readonly children: ReactNode;
};

/** In the browser's tab. */
const glyphs: Partial<Record<Headline['look'], Glyph>> = {
  running: 'running',
  failing: 'failing',
  stalled: 'stalled',
  succeeded: 'done',
  failed: 'failed',
  interrupted: 'failed',
};

/** What the provisioner says of the cluster, unless it never did. */
function Status({ status, description }: { status: string; description: string | null }) {
  if (status === neverSet && description === null) return null;
  return (
    <span className={styles.status}>
      <span className="visually-hidden">Status: </span>
      <strong dir="auto">{shown(status)}</strong>
      {description && <span dir="auto">: {firstLine(description)}</span>}
    </span>
  );
}

/** The status of a cluster whose provisioner gives it none. */
const neverSet = 'Undefined';

/** The headline, by the server's clock. */
function Standing({ live, name, operation, steps, usual = null, children }: StandingProps) {
  const now = useNow();
  const inZone = useStore(zone);
  const ended = useStore(live.store, ({ ended }) => ended);
  const endedAt = useStore(live.store, ({ endedAt }) => endedAt);
  const subject = { operation, steps, usual, deleted: ended ? { at: endedAt } : null };
  const clock = (time: string) => absolute(Date.parse(time), inZone, now ?? Date.now());
  const { look, matter, sentence } = headline(subject, now, clock);
  useTitle({ glyph: glyphs[look], progress: operation?.progress, name: firstLine(name, 80) });
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
      {children}
    </div>
  );
}

function Sign({ look }: { look: Headline['look'] }) {
  if (look === 'deleted') return <Trash2 className="look" size={16} strokeWidth={2.5} aria-hidden="true" />;
  return <LookIcon look={look === 'idle' ? 'planned' : look} />;
}
