import type { Ref } from './cluster.js';

/**
 * Values by what identifies their row. Nested, for it is asked several times for each event: the texts are there and hashed,
 * whereas a key made of both would be a new text each time.
 */
export class RefMap<Value> {
  readonly #tenants = new Map<string, Map<string, Value>>();

  get({ tenantId, id }: Ref): Value | undefined {
    return this.#tenants.get(tenantId)?.get(id);
  }
  set({ tenantId, id }: Ref, value: Value): void {
    const ids = this.#tenants.get(tenantId);
    if (ids) ids.set(id, value);
    else this.#tenants.set(tenantId, new Map([[id, value]]));
  }
  /** The value there is, else the one that is made. */
  ensure(ref: Ref, make: () => Value): Value {
    const there = this.get(ref);
    if (there !== undefined) return there;
    const made = make();
    this.set(ref, made);
    return made;
  }
  /** Tenant by tenant; those of one in the order in which each was set first. */
  values(): Value[] {
    return [...this.#tenants.values()].flatMap((ids) => [...ids.values()]);
  }
}
