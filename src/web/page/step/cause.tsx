import { ExternalLink } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { ErrorGroup, Event, Step } from 'stepcast/client';
import { Link } from 'wouter';
import { useParameter } from '../address.js';
import { CopyButton } from '../ui/copy-button.js';
import { LookIcon } from '../ui/icon.js';
import { shown } from '../ui/text.js';
import { Time } from '../ui/time.js';
import { Traceback } from '../ui/traceback.js';
import styles from './failures.module.css';
import { Instances } from './instances.js';
import { isOfStep, partsOf } from './match-cause.js';
import { inFigures, many } from './unit-words.js';

export interface CauseProps {
  readonly group: ErrorGroup;
  /** Failures of this cause: the first, then the newest in the order they came. */
  readonly failures: readonly Event[];
  readonly step: Step;
  /** Whether its traceback is shown from the beginning. */
  readonly isOpen: boolean;
}

/** Failures with one cause: what it is, how much of the step it concerns, what is known of it, and a whole traceback. */
export function Cause({ group, failures, step, isOpen }: CauseProps) {
  const units = step.total ?? step.completed + step.failed;
  const [named] = useParameter('cause');
  const article = useRef<HTMLElement>(null);
  const isNamed = named === group.id;
  // What is open first stays so, whichever cause comes to be the first.
  const [isOpenFirst] = useState(isOpen || isNamed);
  useEffect(() => {
    if (isNamed) article.current?.scrollIntoView({ block: 'start' });
  }, [isNamed]);
  return (
    <article ref={article} className={styles.cause} data-cause tabIndex={-1} aria-label={shown(group.message)}>
      <h3 className={styles.message} dir="auto">
        <LookIcon
          look={group.recovered ? 'succeeded' : 'failed'}
          label={group.recovered ? 'recovered' : 'stands failed'}
        />{' '}
        <Message text={group.message} />
      </h3>
      <p className={styles.facts}>
        <span>{standing(group, units)}</span>
        <span>{many(group.count, 'failed attempt')}</span>
        <span>
          first <Time at={group.firstSeenAt} isFocusable={false} />
        </span>
        <span>
          last <Time at={group.lastSeenAt} isFocusable={false} />{' '}
          <CopyButton text={() => linkTo(group)} label="a link to this cause" />
        </span>
        {group.raisedIn && (
          <span>
            in <code dir="auto">{shown(group.raisedIn)}</code>
          </span>
        )}
      </p>
      {group.knownCause && <Known {...group.knownCause} />}
      <Instances failures={failures} count={group.units} />
      <Samples group={group} failures={failures} isOpen={isOpenFirst} />
    </article>
  );
}

/** What stands failed of it: of so many units. */
function standing(group: ErrorGroup, units: number) {
  if (isOfStep(group)) return <strong>the step as a whole failed</strong>;
  if (group.recovered) return 'no unit stands failed of it';
  return (
    <>
      <strong>{many(group.units, 'unit')}</strong>
      {units > 0 && ` (${share(group.units, units)} of ${inFigures(units)})`} failed now
    </>
  );
}

function linkTo({ id }: ErrorGroup): string {
  const address = new URL(location.href);
  address.searchParams.set('tab', 'failures');
  address.searchParams.set('cause', id);
  return address.href;
}

/** What varies in a cause stands apart from what is said. */
const Message = ({ text }: { text: string }) =>
  partsOf(text).map(({ text, isMask }, index) =>
    isMask ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text have no other identity.
      <span key={index} className={styles.pill}>
        {text.slice(1, -1)}
      </span>
    ) : (
      shown(text)
    ),
  );

function share(part: number, whole: number): string {
  const percent = (100 * part) / whole;
  return percent > 0 && percent < 1 ? 'under 1 %' : `${Math.round(Math.min(100, percent))} %`;
}

function Known({ title, hint, link }: NonNullable<ErrorGroup['knownCause']>) {
  const address = link && URL.canParse(link) ? new URL(link) : null;
  return (
    <aside className={styles.known} aria-label="Known cause">
      <p dir="auto">
        <strong>Known cause: {shown(title)}</strong>
      </p>
      {hint && <p dir="auto">{shown(hint)}</p>}
      {link && (
        <p dir="auto">
          {address && ['http:', 'https:'].includes(address.protocol) ? (
            <a href={address.href} rel="noreferrer" target="_blank">
              {shown(link)} <ExternalLink size={12} aria-label="opens another page" />
            </a>
          ) : (
            shown(link)
          )}
        </p>
      )}
    </aside>
  );
}

/** One failure of the cause at a time. */
function Samples({ group, failures, isOpen }: Pick<CauseProps, 'group' | 'failures' | 'isOpen'>) {
  const [chosen, choose] = useState<string | null>(null);
  const at = Math.max(
    0,
    failures.findIndex(({ id }) => id === (chosen ?? group.sample.id)),
  );
  const sample = failures[at] ?? group.sample;
  const to = (step: number) => choose(failures[at + step]?.id ?? null);
  const whose = sample.instanceName ?? sample.instanceId;
  return (
    <details className={styles.samples} open={isOpen}>
      <summary>
        Traceback{whose ? ` of ${shown(whose)}` : ' of the step as a whole'}
        {failures.length > 1 && ` (${at + 1} of ${failures.length})`}
      </summary>
      <Traceback text={sample.eventInfo} label={`Traceback of ${whose ? shown(whose) : 'the step'}`}>
        {failures.length > 1 && (
          <>
            <button type="button" className="button" disabled={at === 0} onClick={() => to(-1)}>
              Previous
            </button>
            <button type="button" className="button" disabled={at >= failures.length - 1} onClick={() => to(1)}>
              Next
            </button>
          </>
        )}
      </Traceback>
      <p className={styles.facts}>
        <span>
          <Time at={sample.occurredAt} isFocusable={false} />
        </span>
        {sample.errorId && (
          <span className={styles.errorId}>
            error id <Link href={`/errors/${encodeURIComponent(sample.errorId)}`}>{shown(sample.errorId)}</Link>
            <CopyButton text={sample.errorId} label="error id" />
          </span>
        )}
      </p>
    </details>
  );
}
