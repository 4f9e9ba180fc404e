import { SearchX } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { LocatedFailure, StepcastError } from 'stepcast/client';
import { Redirect } from 'wouter';
import { client } from '../live/client.js';
import { useTitle } from '../ui/document-title.js';
import { Message } from '../ui/message.js';
import { shown } from '../ui/text.js';
import { addressOfEvent } from './destination.js';
import styles from './errors.module.css';
import { Failure } from './failure.js';
import { ErrorLookUp } from './look-up.js';

/** Failures that are listed at most. */
const most = 100;

/** Milliseconds until a server that could not be reached is asked again. */
const pause = 3_000;

interface Found {
  readonly failures: readonly LocatedFailure[];
  /** Those of the clusters that are still there. */
  readonly living: ReadonlySet<string>;
}

/** The failures with an error id: one of a cluster that is there is shown where it happened. */
export function ErrorView({ errorId }: { errorId: string }) {
  const { found, fault } = useFailures(errorId);
  useTitle({ name: `Error ${errorId}` });
  if (fault && !found) {
    return (
      <Message title="The error id cannot be looked up" isView>
        <p>{fault.message}</p>
        <p>
          {fault.retryable ? 'It is tried again until it can be.' : 'What was asked for is not what the server takes.'}
        </p>
        <ErrorLookUp key={errorId} initial={errorId} />
      </Message>
    );
  }
  if (!found) return <h1>Looking up the error id …</h1>;
  const [failure] = found.failures;
  if (!failure) return <Nothing errorId={errorId} />;
  if (found.failures.length === 1 && found.living.has(failure.cluster.id))
    return <Redirect to={addressOfEvent(failure)} replace />;
  return <Several errorId={errorId} {...found} />;
}

const Nothing = ({ errorId }: { errorId: string }) => (
  <Message title="No failure has this error id" isView icon={<SearchX size={20} aria-hidden="true" />}>
    <p>
      <code dir="auto">{shown(errorId)}</code> is in no log that you can see. It may be mistyped, it may be another
      tenant's, or its log was erased after the retention time.
    </p>
    <ErrorLookUp key={errorId} initial={errorId} />
  </Message>
);

function Several({ errorId, failures, living }: Found & { errorId: string }) {
  const isOne = failures.length === 1;
  const count = failures.length >= most ? `The newest ${most} failures` : `${failures.length} failures`;
  return (
    <div className={styles.view}>
      <h1>
        {isOne ? 'The failure' : count} with error id <code dir="auto">{shown(errorId)}</code>
      </h1>
      {!isOne && <p>Several failures share this error id. Choose the one that is meant; the newest is first.</p>}
      <ol className={styles.failures}>
        {failures.map((failure) => (
          <li key={failure.id}>
            <Failure failure={failure} isThere={living.has(failure.cluster.id)} isWhole={isOne} />
          </li>
        ))}
      </ol>
      <ErrorLookUp key={errorId} />
    </div>
  );
}

/** What is found by an error id; a server that cannot be reached is asked again. */
function useFailures(errorId: string): { found: Found | null; fault: StepcastError | null } {
  const [state, setState] = useState<{ errorId: string; found: Found | null; fault: StepcastError | null } | null>(
    null,
  );
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isWanted = true;
    const ask = async () => {
      try {
        const found = await look(errorId);
        if (isWanted) setState({ errorId, found, fault: null });
      } catch (error) {
        const fault = error as StepcastError;
        if (!isWanted) return;
        setState({ errorId, found: null, fault });
        if (fault.retryable) timer = setTimeout(ask, fault.retryAfter ?? pause);
      }
    };
    void ask();
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [errorId]);
  return state?.errorId === errorId ? state : { found: null, fault: null };
}

async function look(errorId: string): Promise<Found> {
  const failures = (await client.failuresByErrorId(errorId, most)) ?? [];
  const ids = [...new Set(failures.map(({ cluster }) => cluster.id))];
  // What failed in a cluster that was deleted is kept, but there is no view of the cluster any more.
  const states = await Promise.all(ids.map((id) => client.cluster(id)));
  return { failures, living: new Set(ids.filter((_, index) => states[index])) };
}
