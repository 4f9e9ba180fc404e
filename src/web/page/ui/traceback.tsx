import { WrapText } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import { CopyButton } from './copy-button.js';
import { shown } from './text.js';
import styles from './traceback.module.css';

/** Characters that are shown at first, from the beginning and from the end: more in one line takes long to lay out. */
const head = 2_000;
const tail = 6_000;

export interface TracebackProps {
  /** Null: nothing was said. */
  readonly text: string | null | undefined;
  /** What it is, for screen readers. */
  readonly label: string;
  /** Further buttons. */
  readonly children?: ReactNode;
}

/** A long text of a reporter's as it came, without colours of terminals; its middle is left out at first where it is very long. */
export function Traceback({ text, label, children }: TracebackProps) {
  const [isWrapped, setWrapped] = useState(true);
  const [isWhole, setWhole] = useState(false);
  const readable = useMemo(() => shown(text ?? ''), [text]);
  if (!text) return <p className="muted">The reporter said nothing of why.</p>;
  const rest = isWhole ? 0 : Math.max(0, readable.length - head - tail);
  return (
    <div className={styles.traceback}>
      {/* biome-ignore lint/a11y/useSemanticElements: of what is preformatted. */}
      <pre
        className={isWrapped ? styles.wrapped : undefined}
        dir="auto"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls.
        tabIndex={0}
        role="region"
        aria-label={label}
      >
        {rest === 0 ? (
          readable
        ) : (
          <>
            {readable.slice(0, head).toWellFormed()}
            <em className={styles.rest}>{`\n… ${rest.toLocaleString('en')} characters are not shown …\n`}</em>
            {readable.slice(-tail).toWellFormed()}
          </>
        )}
      </pre>
      <div className="bar">
        {rest > 0 && (
          <button type="button" className="button" onClick={() => setWhole(true)}>
            Show all
          </button>
        )}
        <button type="button" className="button" aria-pressed={isWrapped} onClick={() => setWrapped(!isWrapped)}>
          <WrapText size={14} aria-hidden="true" /> Wrap
        </button>
        <CopyButton text={readable} label="traceback">
          Copy
        </CopyButton>
        {children}
      </div>
    </div>
  );
}
