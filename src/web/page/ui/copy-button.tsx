import { Check, Copy, X } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { copyText } from './copy.js';

export interface CopyButtonProps {
  /** What is copied, or what makes it. */
  readonly text: string | (() => string);
  /** What is copied, in words: `Copy <label>` is the button's name. */
  readonly label: string;
  /** Shown in the button; without it only the icon is. */
  readonly children?: ReactNode;
}

/** Copies a text, and says whether it did. */
export function CopyButton({ text, label, children }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<'copied' | 'not copied' | null>(null);
  useEffect(() => {
    if (!outcome) return;
    const timer = setTimeout(() => setOutcome(null), 2_000);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async () =>
    setOutcome((await copyText(typeof text === 'string' ? text : text())) ? 'copied' : 'not copied');
  const Icon = { copied: Check, 'not copied': X, none: Copy }[outcome ?? 'none'];
  return (
    <button
      type="button"
      className={children ? 'button' : 'button quiet icon'}
      aria-label={children ? undefined : `Copy ${label}`}
      data-tip={`Copy ${label}`}
      onClick={copy}
    >
      <Icon size={14} aria-hidden="true" />
      {children && outcome === 'copied' ? 'Copied' : children}
      <output className={outcome === 'not copied' ? undefined : 'visually-hidden'}>{outcome}</output>
    </button>
  );
}
