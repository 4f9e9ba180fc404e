import { type FormEvent, type ReactNode, useEffect, useId, useState } from 'react';
import { createClient, StepcastError } from 'stepcast/client';
import { askOffer, type Offer } from './offer.js';
import styles from './panel.module.css';
import { isToken, keep, ofToken } from './session.js';

export interface PanelProps {
  /** The panel's heading, by which it is named. */
  readonly title: string;
  /** Whether the title is the view's heading; else it is one beside the view. */
  readonly isView?: boolean;
  /** Why it is there. */
  readonly children?: ReactNode;
  /** What went wrong before, in words. */
  readonly failure?: string | null;
}

/** Signs the viewer in, by what the server offers; the place stays. */
export function SignInPanel({ title, isView = false, children, failure: before = null }: PanelProps) {
  const [offered, setOffered] = useState<Offer | null>(null);
  const [failure, setFailure] = useState(before);
  const id = useId();
  const Heading = isView ? 'h1' : 'h2';
  useEffect(() => {
    let isShown = true;
    askOffer().then(
      (offer) => isShown && setOffered(offer),
      (error) => isShown && setFailure(`The server cannot be asked how to sign in: ${(error as Error).message}`),
    );
    return () => {
      isShown = false;
    };
  }, []);
  return (
    <section className={styles.panel} aria-labelledby={id}>
      <Heading id={id} className={styles.title}>
        {title}
      </Heading>
      {children}
      {failure && (
        <p role="alert" className={styles.failure}>
          {failure}
        </p>
      )}
      {offered?.oidc && <ByProvider issuer={offered.oidc.issuer} onFailure={setFailure} />}
      {offered?.token && <ByToken onFailure={setFailure} />}
      {offered?.token === false && <p>The server does not ask for a sign-in any more: load the page again.</p>}
    </section>
  );
}

type OnFailure = (words: string | null) => void;

function ByProvider({ issuer, onFailure }: { issuer: string; onFailure: OnFailure }) {
  const [isLeaving, setLeaving] = useState(false);
  const leave = async () => {
    onFailure(null);
    setLeaving(true);
    try {
      const { begin } = await import('./oidc.js');
      await begin(location.pathname + location.search);
    } catch (error) {
      onFailure((error as Error).message);
    }
    setLeaving(false);
  };
  return (
    <p>
      <button type="button" className={`${styles.button} ${styles.primary}`} disabled={isLeaving} onClick={leave}>
        Sign in at {new URL(issuer).host}
      </button>
    </p>
  );
}

function ByToken({ onFailure }: { onFailure: OnFailure }) {
  const [text, setText] = useState('');
  const [isAsking, setAsking] = useState(false);
  const id = useId();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    onFailure(null);
    setAsking(true);
    onFailure(await tried(text));
    setAsking(false);
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <label htmlFor={id}>Token or API key</label>
      <input
        id={id}
        className={styles.field}
        type="password"
        autoComplete="off"
        spellCheck={false}
        aria-describedby={`${id}-help`}
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
      <button type="submit" className={styles.button} disabled={isAsking}>
        Sign in
      </button>
      <p id={`${id}-help`} className={styles.help}>
        The server prints an address with its own token when it starts on this machine;{' '}
        <code>stepcast keys create</code> makes API keys. It is kept by this browser until you sign out.
      </p>
    </form>
  );
}

/** Signs in with what was pasted if the server accepts it. Null: it does; else why not, in words. */
async function tried(text: string): Promise<string | null> {
  const token = text.trim().replace(/^Bearer\s+/i, '');
  if (token === '') return 'Expected a token, got none.';
  if (!isToken(token)) return 'Expected a token, which is one word of letters, digits and signs; got something else.';
  try {
    await createClient({ url: new URL('/graphql', location.href).href, token }).viewer();
  } catch (error) {
    return refusalOf(error as Error);
  }
  keep(ofToken(token));
  return null;
}

function refusalOf(error: Error): string {
  switch (error instanceof StepcastError && error.code) {
    case 'UNAUTHENTICATED':
      return 'The server does not accept this token.';
    case 'FORBIDDEN':
      return `The server knows this token, and lets it see nothing: ${error.message}.`;
    default:
      return `The server cannot be asked: ${error.message}`;
  }
}
