import { X } from 'lucide-react';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { useKeys } from './keys.js';
import styles from './sheet.module.css';

export interface SheetProps {
  readonly title: ReactNode;
  /** The viewer wants it gone: take it out of what is rendered. */
  readonly onClose: () => void;
  /** Beside the page on wide screens, which stays usable; otherwise in front of it. */
  readonly isBeside?: boolean;
  readonly children: ReactNode;
}

/** Less than this is no room for a page beside the sheet. */
const narrow = '(width < 900px)';

/** A panel at the side, on phones at the bottom, open as long as it is rendered. The focus goes into it, and back after it. */
export function Sheet({ title, onClose, isBeside = true, children }: SheetProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement;
    if (isBeside && !matchMedia(narrow).matches) dialog.current?.show();
    else dialog.current?.showModal();
    dialog.current?.querySelector<HTMLElement>('h2')?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [isBeside]);
  useKeys({ Escape: onClose }, 'close the panel');
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside the dialog closes it, and so does Escape.
    <dialog
      ref={dialog}
      aria-labelledby={id}
      className={styles.sheet}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <div className={styles.inside}>
        <header className={styles.head}>
          <h2 id={id} tabIndex={-1}>
            {title}
          </h2>
          <button type="button" className="button quiet icon" aria-label="Close" onClick={onClose}>
            <X size={16} aria-hidden="true" />
          </button>
        </header>
        <div className={styles.body}>{children}</div>
      </div>
    </dialog>
  );
}
