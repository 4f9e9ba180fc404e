import type { Ref } from './cluster.js';
import { RefMap } from './ref-map.js';
import { type Identity, itself, keyOfName, stepOf, type Unit } from './unit.js';

/**
 * The units that a batch's reports may speak of, by key and by name: what was loaded, overlaid with what was saved
 * and removed. Invariant: a unit is kept under the key of what is known of it, so that a key names one unit.
 */
export class Units {
  readonly #steps = new RefMap<UnitsOfStep>();

  constructor(loaded: readonly Unit[]) {
    for (const unit of loaded) this.#of(stepOf(unit)).load(unit);
  }

  get(step: Ref, key: string): Unit | undefined {
    return this.#steps.get(step)?.byKey.get(key);
  }

  /**
   * S5: the unit known by the name: within the group, or in any where there is just one. Of several in one group, whose
   * ids tell them apart, the one that reported last. A report that brings an id speaks of none that has another.
   */
  findByName(step: Ref, { nodeGroupId, instanceId, instanceName }: Identity): Unit | undefined {
    if (instanceName === null) return undefined;
    const all = this.#steps.get(step)?.named(instanceName);
    if (!all) return undefined;
    const exact = this.get(step, keyOfName(nodeGroupId, instanceName));
    if (exact) return exact;
    const named = all.filter(
      (unit) =>
        (instanceId === null || unit.instanceId === null) &&
        (nodeGroupId === null || unit.nodeGroupId === null || unit.nodeGroupId === nodeGroupId),
    );
    const standing = named.filter(({ state }) => state !== 'REPLACED');
    const candidates = standing.length > 0 ? standing : named;
    const groups = new Set(candidates.map((unit) => unit.nodeGroupId));
    if (nodeGroupId === null && groups.size > 1) return undefined;
    return candidates.sort(byRank(nodeGroupId))[0];
  }

  save(unit: Unit): void {
    this.#of(stepOf(unit)).save(unit);
  }
  remove(unit: Unit): void {
    this.#of(stepOf(unit)).remove(unit);
  }

  get saved(): Unit[] {
    return this.#steps.values().flatMap(({ saved }) => [...saved.values()]);
  }
  get removed(): Unit[] {
    return this.#steps.values().flatMap(({ removed }) => [...removed.values()]);
  }

  /** The failures that stood before, of units that were saved or removed; and those that stand now. */
  get failuresBefore(): Ref[] {
    return this.#steps.values().flatMap((step) => step.failuresBefore);
  }
  get failuresAfter(): Ref[] {
    return this.saved.flatMap((unit) => failureOf(unit) ?? []);
  }

  #of(step: Ref): UnitsOfStep {
    return this.#steps.ensure(step, () => new UnitsOfStep());
  }
}

class UnitsOfStep {
  readonly byKey = new Map<string, Unit>();
  readonly saved = new Map<string, Unit>();
  readonly removed = new Map<string, Unit>();
  /** Keys of the units of a name. */
  readonly #byName = new Map<string, string[]>();
  /** The failures of units that stood failed when they were loaded. */
  readonly #failures = new Map<string, Ref>();

  get failuresBefore(): Ref[] {
    const keys = [...this.saved.keys(), ...this.removed.keys()];
    return this.#failures.size === 0 ? [] : keys.flatMap((key) => this.#failures.get(key) ?? []);
  }

  /** Undefined: none. */
  named(name: string): Unit[] | undefined {
    return this.#byName.get(name)?.map((key) => this.byKey.get(key) as Unit);
  }

  load(unit: Unit): void {
    this.#put(unit);
    const failure = failureOf(unit);
    if (failure) this.#failures.set(unit.key, failure);
  }

  save(unit: Unit): void {
    this.#put(unit);
    this.removed.delete(unit.key);
    this.saved.set(unit.key, unit);
  }

  remove(unit: Unit): void {
    this.byKey.delete(unit.key);
    this.#unname(unit);
    this.saved.delete(unit.key);
    this.removed.set(unit.key, unit);
  }

  #put(unit: Unit): void {
    const before = this.byKey.get(unit.key);
    this.byKey.set(unit.key, unit);
    if (before?.instanceName === unit.instanceName) return;
    if (before) this.#unname(before);
    if (unit.instanceName === null || unit.key === itself) return;
    const keys = this.#byName.get(unit.instanceName);
    if (keys) keys.push(unit.key);
    else this.#byName.set(unit.instanceName, [unit.key]);
  }

  #unname({ instanceName, key }: Unit): void {
    if (instanceName === null) return;
    const others = this.#byName.get(instanceName)?.filter((other) => other !== key);
    if (others) this.#byName.set(instanceName, others);
  }
}

/** Those of the group itself first, then the one that reported last; keys decide the rest, so that all servers agree. */
const byRank = (group: string | null) => (a: Unit, b: Unit) =>
  Number(b.nodeGroupId === group) - Number(a.nodeGroupId === group) ||
  b.lastReportAt.getTime() - a.lastReportAt.getTime() ||
  (a.key < b.key ? -1 : 1);

/** The event because of which a unit stands failed. */
const failureOf = ({ tenantId, state, lastFailureId }: Unit): Ref | null =>
  state === 'FAILED' && lastFailureId !== null ? { tenantId, id: lastFailureId } : null;
