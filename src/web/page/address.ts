import { useSearch } from 'wouter';
import { navigate } from 'wouter/use-browser-location';

/** A place within a cluster: what its address says. */
export interface Place {
  readonly id: string;
  readonly operation?: string | undefined;
  readonly step?: string | undefined;
}

/** Where a place is; the search parameters that are kept are those of `search`. */
export function addressOf({ id, operation, step }: Place, search = ''): string {
  const path = [`/clusters/${encodeURIComponent(id)}`];
  if (operation) path.push(`operations/${encodeURIComponent(operation)}`);
  if (operation && step) path.push(`steps/${encodeURIComponent(step)}`);
  return path.join('/') + (search && `?${search}`);
}

/** One search parameter of the address, and how to set it (null: to leave it out). Typing replaces the address; choosing adds one. */
export function useParameter(
  name: string,
): [string | null, (value: string | null, how?: { replace: boolean }) => void] {
  const search = useSearch();
  const set = (value: string | null, { replace } = { replace: false }) => {
    const parameters = new URLSearchParams(location.search);
    if (value === null || value === '') parameters.delete(name);
    else parameters.set(name, value);
    const text = parameters.toString();
    navigate(location.pathname + (text && `?${text}`), { replace });
  };
  return [new URLSearchParams(search).get(name), set];
}
