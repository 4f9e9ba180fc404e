/** A transaction of the write path, before it begins. */
export interface MeteredBatch {
  /** Mutations. */
  readonly commands: number;
  /** Mutations, or the events in them. */
  readonly weight: number;
  /** Of each command what `origin` answered when it was submitted. */
  readonly origins: readonly unknown[];
}

export type TransactionOutcome = { readonly committed: true } | { readonly committed: false; readonly error: unknown };

/** What the domain tells of its work, for metrics and traces. No method may throw, or change what the work does. */
export interface Meter {
  /** What a command is traced back to; called as it is submitted. */
  origin(): unknown;
  /** Does the work of one transaction, and of announcing it. */
  transaction(batch: MeteredBatch, work: () => Promise<TransactionOutcome>): Promise<TransactionOutcome>;
  /** So many rows of the log were erased (F1-F3). */
  erased(rows: number): void;
}

export const unmetered: Meter = {
  origin: () => undefined,
  transaction: (_, work) => work(),
  erased: () => {},
};
