import { type KeyboardEvent, type ReactNode, useId } from 'react';
import { useParameter } from '../address.js';
import styles from './tabs.module.css';

export interface Tab {
  /** Its value in the address. */
  readonly value: string;
  readonly label: ReactNode;
  /** How many are in it, such as `1204` or `1 cause`; shown beside the label. */
  readonly count?: ReactNode;
  /** Rendered while it is selected. */
  readonly panel: ReactNode;
}

export interface TabsProps {
  /** The search parameter that says which one is selected; without it that of `initial` is, else the first. */
  readonly name: string;
  readonly initial?: string;
  /** What the tabs are of, for screen readers. */
  readonly label: string;
  readonly tabs: readonly Tab[];
}

/** Tabs by the ARIA pattern with manual activation: arrows, Home and End move, Enter or Space selects. */
export function Tabs({ name, initial, label, tabs }: TabsProps) {
  const [value, setValue] = useParameter(name);
  const id = useId();
  const first = tabs.find((tab) => tab.value === initial) ?? tabs[0];
  const selected = tabs.find((tab) => tab.value === value) ?? first;
  if (!selected) return null;
  const select = (tab: Tab) => setValue(tab === first ? null : tab.value);
  return (
    <section className={styles.tabs}>
      <div role="tablist" aria-label={label} className={styles.list} onKeyDown={moveFocus}>
        {tabs.map((tab) => (
          <button
            key={tab.value}
            type="button"
            role="tab"
            id={`${id}-${tab.value}`}
            aria-selected={tab === selected}
            aria-controls={tab === selected ? `${id}-panel` : undefined}
            tabIndex={tab === selected ? 0 : -1}
            className={styles.tab}
            onClick={() => select(tab)}
          >
            {tab.label} {tab.count !== undefined && <span className={styles.count}>{tab.count}</span>}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${selected.value}`} className={styles.panel}>
        {selected.panel}
      </div>
    </section>
  );
}

function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const tabs = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=tab]')];
  const at = tabs.indexOf(document.activeElement as HTMLElement);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
  if (to === undefined || at < 0) return;
  event.preventDefault();
  tabs.at(to % tabs.length)?.focus();
}
