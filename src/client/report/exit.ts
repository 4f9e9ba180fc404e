const listeners = new Set<() => void>();

if ('process' in globalThis) {
  process.on('exit', () => {
    for (const listener of listeners) listener();
  });
}

/**
 * Tells, at the end of the process, how many reports and calls are lost with it. Answers a function by which the outbox says
 * whether anything is waiting. A process that is killed by a signal tells nobody.
 */
export function tellAtExit(pending: () => number, tell: (lost: Error) => void): (isWaiting: boolean) => void {
  const listener = () =>
    tell(new Error(`the process ended before ${pending()} reports and calls were delivered: flush() waits for them`));
  return (isWaiting) => void (isWaiting ? listeners.add(listener) : listeners.delete(listener));
}
