/** A place within a cluster: what its address says. */
export interface Place {
  readonly id: string;
  readonly operation?: string | undefined;
  readonly step?: string | undefined;
}

/** What an address shows; `elsewhere`: it has moved; `nothing`: there is no such address. */
export type Address =
  | { readonly view: 'list' }
  | ({ readonly view: 'cluster' } & Place)
  | { readonly view: 'look-up' }
  | { readonly view: 'error'; readonly errorId: string }
  | { readonly view: 'elsewhere'; readonly path: string }
  | { readonly view: 'nothing' };

/** Reads the path of an address, its escapes not yet decoded. */
export function readAddress(pathname: string): Address {
  const parts = pathname.replace(/^\/|\/$/g, '').split('/');
  const [first, id, operations, operation, steps, step] = parts.map(decoded);
  if (pathname === '/') return { view: 'list' };
  if (first === 'clusters' && parts.length === 1) return { view: 'elsewhere', path: '/' };
  if (first === 'data_processing' && id === 'clusters' && operations && parts.length === 3)
    return { view: 'elsewhere', path: addressOf({ id: operations }) };
  if (first === 'errors' && parts.length === 1) return { view: 'look-up' };
  if (first === 'errors' && id && parts.length === 2) return { view: 'error', errorId: id };
  if (first !== 'clusters' || !id) return { view: 'nothing' };
  if (parts.length === 2) return { view: 'cluster', id };
  if (operations !== 'operations' || !operation) return { view: 'nothing' };
  if (parts.length === 4) return { view: 'cluster', id, operation };
  if (steps !== 'steps' || !step || parts.length > 6) return { view: 'nothing' };
  return { view: 'cluster', id, operation, step };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Where a place is; the search parameters that are kept are those of `search`. */
export function addressOf({ id, operation, step }: Place, search = ''): string {
  const path = [`/clusters/${encodeURIComponent(id)}`];
  if (operation) path.push(`operations/${encodeURIComponent(operation)}`);
  if (operation && step) path.push(`steps/${encodeURIComponent(step)}`);
  return path.join('/') + (search && `?${search}`);
}
