const listeners = new Set<() => void>();
let isRefused = false;

/** Whether the server has not accepted the viewer, as of the last answer. */
export const refused = {
  get: (): boolean => isRefused,
  set(next: boolean): void {
    if (next === isRefused) return;
    isRefused = next;
    for (const listener of listeners) listener();
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  },
};
