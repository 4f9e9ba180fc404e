import type { ReactNode } from 'react';
import styles from './message.module.css';

export interface MessageProps {
  /** What is the matter. */
  readonly title: ReactNode;
  /** Whether the title is the view's heading; else it is one within the view. */
  readonly isView?: boolean;
  readonly icon?: ReactNode;
  /** What to do about it. */
  readonly children?: ReactNode;
}

/** A state without data: what is the matter, and what to do. */
export function Message({ title, isView = false, icon, children }: MessageProps) {
  const Heading = isView ? 'h1' : 'h2';
  return (
    <section className={styles.message}>
      {icon && <span className={styles.icon}>{icon}</span>}
      <div className={styles.words}>
        <Heading className={styles.title}>{title}</Heading>
        {children}
      </div>
    </section>
  );
}
