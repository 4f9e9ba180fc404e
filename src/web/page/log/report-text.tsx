// biome-ignore-all lint/a11y/useSemanticElements: a region is the part of a text that scrolls.
import { WrapText } from 'lucide-react';
import { useMemo, useState } from 'react';
import { CopyButton } from '../ui/copy-button.js';
import { shown } from '../ui/text.js';
import styles from './event-panel.module.css';

/** Characters that are shown at first: a browser takes long to lay out more in one line. */
const atFirst = 8_000;

/** What was reported, as it came: markup stays text, and colours of terminals are left out. */
export function ReportText({ text, successful }: { text: string | null; successful: boolean }) {
  const [isWrapped, setWrapped] = useState(true);
  const [isWhole, setWhole] = useState(false);
  const readable = useMemo(() => shown(text ?? ''), [text]);
  if (!text) {
    return <p className="muted">{successful ? 'No text was reported with it.' : 'The reporter did not say why.'}</p>;
  }
  const rest = isWhole ? 0 : readable.length - atFirst;
  return (
    <div className={styles.report}>
      <pre
        className={isWrapped ? styles.wrapped : undefined}
        dir="auto"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls.
        tabIndex={0}
        role="region"
        aria-label="What was reported"
      >
        {rest > 0 ? `${readable.slice(0, atFirst)}…` : readable}
      </pre>
      <div className="bar">
        {rest > 0 && (
          <button type="button" className="button" onClick={() => setWhole(true)}>
            Show all: {rest.toLocaleString('en')} characters more
          </button>
        )}
        <button type="button" className="button" aria-pressed={isWrapped} onClick={() => setWrapped(!isWrapped)}>
          <WrapText size={14} aria-hidden="true" /> Wrap
        </button>
        <CopyButton text={readable} label="what was reported">
          Copy
        </CopyButton>
      </div>
    </div>
  );
}
