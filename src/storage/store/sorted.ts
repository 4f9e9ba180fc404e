/** In the order of their keys: two batches that store the same then wait for each other in one direction only. */
export const sorted = <Row extends { readonly tenantId: string; readonly id?: string; readonly name: string }>(
  rows: readonly Row[],
) => [...rows].sort((a, b) => compare(a.tenantId, b.tenantId) || compare(a.id ?? a.name, b.id ?? b.name));

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
