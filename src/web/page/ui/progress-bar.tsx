import styles from './progress-bar.module.css';

export interface ProgressBarProps {
  readonly completed: number;
  readonly failed?: number;
  /** Null: it is not known how many there will be. */
  readonly total: number | null;
  /** What makes progress, for screen readers. */
  readonly label: string;
  /** What is counted, in the plural; `%` with a total of 100. */
  readonly noun?: string;
  /** Whether something is being done: then the bar of an unknown total moves. */
  readonly isRunning?: boolean;
  /** Shown beside the bar instead of the numbers; null: the bar alone, where the numbers are said elsewhere. */
  readonly text?: string | null;
}

/** How far something is: completed solid, failed at its end in another colour and hatched, the numbers as text beside it. */
export function ProgressBar(props: ProgressBarProps) {
  const { completed, failed = 0, total, label, isRunning = false, text } = props;
  const whole = total === null ? null : Math.max(total, completed + failed, 1);
  const share = (count: number) => `${whole === null ? 0 : (100 * count) / whole}%`;
  const said = sentence(props);
  return (
    <span className={styles.progress}>
      <span
        role="progressbar"
        aria-label={label}
        aria-valuetext={said}
        {...(whole !== null && { 'aria-valuemin': 0, 'aria-valuemax': whole, 'aria-valuenow': completed })}
        className={styles.track}
      >
        {whole === null && <span className={`${styles.unknown} ${isRunning ? 'moving' : styles.still}`} />}
        <span className={styles.completed} style={{ inlineSize: share(completed) }} />
        <span className={styles.failed} style={{ inlineSize: share(failed) }} />
      </span>
      {text !== null && (
        <span className={styles.text} aria-hidden="true">
          {text ?? short(props)}
        </span>
      )}
    </span>
  );
}

const grouped = (count: number) => count.toLocaleString('en-GB');

function sentence({ completed, failed = 0, total, noun = 'units' }: ProgressBarProps): string {
  const failures = failed > 0 ? `, ${grouped(failed)} failed` : '';
  if (noun === '%') return `${Math.floor(completed)} %${failures}`;
  if (total === null) return `${grouped(completed)} ${noun} so far, total not known${failures}`;
  return `${grouped(completed)} of ${grouped(total)} ${noun}${failures}`;
}

function short({ completed, failed = 0, total, noun }: ProgressBarProps): string {
  if (noun === '%') return `${Math.floor(completed)}%`;
  const failures = failed > 0 ? `, ${grouped(failed)} failed` : '';
  return (total === null ? `${grouped(completed)} so far` : `${grouped(completed)}/${grouped(total)}`) + failures;
}
