/** Bytes of memory this process holds, rubbish thrown away first: it is to be started with `--expose-gc`. */
export function memory(): number {
  if (globalThis.gc === undefined) throw new Error('expected to be started with --expose-gc');
  globalThis.gc();
  return process.memoryUsage().rss;
}
