import type { Notice } from '../domain/hint.js';
import type { Hint, Topic } from '../domain/ports.js';

type Listener = (hint: Hint | null) => void;

/** Who listens to what, on this server. */
export class Topics {
  /** By tenant, then by cluster, or null for all of them: not by one text, which two topics could share. */
  readonly #listeners = new Map<string, Map<string | null, Set<Listener>>>();

  /** Adds a listener; says whether it is the topic's first. */
  add({ tenantId, id }: Topic, listener: Listener): boolean {
    const ofTenant = this.#listeners.get(tenantId) ?? new Map<string | null, Set<Listener>>();
    const listeners = ofTenant.get(id) ?? new Set();
    listeners.add(listener);
    this.#listeners.set(tenantId, ofTenant.set(id, listeners));
    return listeners.size === 1;
  }

  /** Removes a listener; says whether it was the topic's last. */
  remove({ tenantId, id }: Topic, listener: Listener): boolean {
    const ofTenant = this.#listeners.get(tenantId);
    const listeners = ofTenant?.get(id);
    if (!ofTenant || !listeners?.delete(listener) || listeners.size > 0) return false;
    ofTenant.delete(id);
    if (ofTenant.size === 0) this.#listeners.delete(tenantId);
    return true;
  }

  /** Calls those who follow a hint's cluster or its tenant; without hints, everyone. */
  take({ hints }: Notice): void {
    if (hints === null) this.tellAll();
    for (const hint of hints ?? []) {
      this.tell(hint, hint);
      this.tell({ tenantId: hint.tenantId, id: null }, hint);
    }
  }

  tell({ tenantId, id }: Topic, hint: Hint | null): void {
    for (const listener of this.#listeners.get(tenantId)?.get(id) ?? []) listener(hint);
  }

  /** Tells everyone that anything may have changed. */
  tellAll(): void {
    for (const ofTenant of this.#listeners.values()) {
      for (const listeners of ofTenant.values()) for (const listener of listeners) listener(null);
    }
  }
}
