/** A value that belongs to a piece of work: whatever the work calls can get it, through awaits, timers and events. */
export interface AsyncContext<Value> {
  run<Result>(value: Value, work: () => Result): Result;
  /** The value of the innermost work that this is part of; null outside of any, and where the platform cannot tell. */
  get(): Value | null;
}

/** Node has it; browsers do not. Not imported, so that what is bundled for a browser is without it. */
const Storage = globalThis.process?.getBuiltinModule?.('node:async_hooks').AsyncLocalStorage;

export function createAsyncContext<Value>(): AsyncContext<Value> {
  if (!Storage) return { run: (_, work) => work(), get: () => null };
  const storage = new Storage<Value>();
  return { run: (value, work) => storage.run(value, work), get: () => storage.getStore() ?? null };
}
