import type { Cluster, StepcastError } from 'stepcast/client';
import { Link } from 'wouter';
import { server } from '../live/server.js';
import { useStore } from '../live/store.js';
import { CopyButton } from '../ui/copy-button.js';
import { Message } from '../ui/message.js';
import { shown } from '../ui/text.js';
import styles from './absent.module.css';

/** Until the first state comes: a text, a little later. */
export const Waiting = () => <p className={styles.waiting}>Asking the server for this cluster …</p>;

/** No such cluster, or no right to see it: the server does not say which. */
export const Gone = ({ id }: { id: string }) => (
  <Message title="There is no cluster with this id" isView>
    <p>
      <code dir="auto">{shown(id)}</code> is not there, was deleted, or is not yours to see.
    </p>
    <p>
      <Link href="/">All clusters</Link>
    </p>
  </Message>
);

/** The server would not, or could not, say. */
export const Refused = ({ fault }: { fault: StepcastError }) => (
  <Message title="This cluster cannot be shown" isView>
    <p dir="auto">{shown(fault.message)}</p>
    <p>
      <button type="button" className="button" onClick={() => location.reload()}>
        Try again
      </button>{' '}
      <Link href="/">All clusters</Link>
    </p>
  </Message>
);

/** A cluster to which nothing was ever done. */
export function NoOperation({ cluster }: { cluster: Cluster }) {
  const isLogOff = useStore(server, (server) => server?.eventLog === false);
  if (isLogOff) return <LogSwitchedOff />;
  return (
    <Message title="Nothing has been done to this cluster yet">
      <p>Its steps appear here as soon as an operation begins: nothing needs to be loaded anew.</p>
      <p>
        A reporter begins one with <code>startOperation</code>, for the cluster <code>{cluster.id}</code>{' '}
        <CopyButton text={cluster.id} label="the cluster's id" />
      </p>
    </Message>
  );
}

/** Nothing is recorded on this server. */
export const LogSwitchedOff = () => (
  <Message title="The event log of this server is switched off">
    <p>
      What reporters say is accepted, but not recorded: there is nothing to be seen of operations and their steps.
      Whoever runs the server can switch it on.
    </p>
  </Message>
);
