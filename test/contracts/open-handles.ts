import { setImmediate as turn } from 'node:timers/promises';

/**
 * What keeps this process alive, sorted, as far as a bus could have opened it: once nothing is in motion any more, and
 * only that is left which is `expected`.
 */
export async function atRest(expected?: string[]): Promise<string[]> {
  const isAtRest = (names: string[]) => (expected ? names.join() === expected.join() : !names.includes('Timeout'));
  const deadline = performance.now() + 30_000;
  while (!isAtRest(resources()) && performance.now() < deadline) await turn();
  return resources();
}

const kinds = ['Timeout', 'TCPSocketWrap', 'TCPConnectWrap', 'TLSWrap', 'PipeWrap', 'PipeConnectWrap'];

const resources = () =>
  process
    .getActiveResourcesInfo()
    .filter((name) => kinds.includes(name))
    .sort();
