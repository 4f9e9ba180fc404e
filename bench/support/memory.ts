/** Bytes of memory of this process after a garbage collection: start it with `--expose-gc`. */
export function memory(): number {
  if (globalThis.gc === undefined) throw new Error('expected to be started with --expose-gc');
  globalThis.gc();
  return process.memoryUsage().rss;
}
