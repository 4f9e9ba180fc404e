import type { Report } from '../../src/domain/event.js';
import { unitKey } from '../../src/domain/unit.js';

export type Said = Pick<
  Report,
  'id' | 'nodeGroupId' | 'instanceId' | 'instanceName' | 'replacesInstanceId' | 'successful'
>;

interface Known {
  id: string | null;
  name: string | null;
  group: string | null;
  successful: boolean;
  replaced: boolean;
}

const keyOf = ({ id, name, group }: Known) => unitKey({ instanceId: id, instanceName: name, nodeGroupId: group });

/** What the rules make of a step's reports, told as simply as can be: counters are counted anew, every time. */
export class Model {
  #total: number | null;
  readonly #seen = new Set<string>();
  #units: Known[] = [];
  /** The step itself as its one unit (S5a), and successes of nobody that count one each. */
  #itself: boolean | null = null;
  #nobody = 0;
  #ownFailure = false;
  #ended = false;

  constructor(total: number | null) {
    this.#total = total;
  }

  /** E2, S5, S5a, S5b, S7, S8. */
  report(said: Said): string {
    if (this.#seen.has(said.id)) return 'DUPLICATE';
    const code = this.#closed ? 'STEP_CLOSED' : this.#count(said);
    if (code === 'TOTAL_EXCEEDED' && said.successful) return code;
    this.#seen.add(said.id);
    return code === 'RECORDED' ? code : `LATE ${code}`;
  }

  /** S5a, S10. */
  fail(): string {
    if (this.#closed || (this.#isOneUnit && this.#itself === false)) return 'RECORDED';
    this.#ownFailure = true;
    return 'RECORDED';
  }

  succeed(): string {
    if (this.successful === true && !this.#ended) return 'RECORDED';
    if (this.#closed) return this.successful === true ? 'RECORDED' : 'STEP_CLOSED';
    const total = this.#total ?? this.#reported;
    if (this.#reported < total || this.failed > Number(this.#ownFailure)) return 'CONFLICT';
    this.#ownFailure = false;
    this.#total = total;
    return 'RECORDED';
  }

  /** S5b. */
  correct(total: number): string {
    if (total === this.#total) return 'RECORDED';
    if (this.#closed) return 'STEP_CLOSED';
    const disowned = total !== 1 && this.#itself === false;
    if (total < this.#reported - Number(disowned)) return 'CONFLICT';
    if (disowned) [this.#itself, this.#ownFailure] = [null, true];
    this.#total = total;
    return 'RECORDED';
  }

  /** S11. */
  end(): void {
    if (!this.#ended && this.successful === null) this.#ownFailure = true;
    this.#ended = true;
  }

  #count(said: Said): string {
    if (said.instanceId === null && said.instanceName === null) return this.#countNobody(said);
    const replaced = this.#units.find(({ id }) => id !== null && id === said.replacesInstanceId);
    const named = this.#named(said);
    let unit = this.#units.find(({ id }) => id !== null && id === said.instanceId) ?? named;
    if (unit === replaced) unit = undefined;
    if (unit?.replaced && said.replacesInstanceId === null) return 'CONFLICT';
    const merged = said.instanceId !== null && named !== unit ? named : undefined;
    const places = [unit, merged, replaced].some((other) => other && !other.replaced);
    if (!places && this.#total !== null && this.#reported >= this.#total) return 'TOTAL_EXCEEDED';
    this.#units = this.#units.filter((other) => other !== unit && other !== merged);
    this.#units.push({
      id: said.instanceId ?? unit?.id ?? null,
      name: said.instanceName ?? unit?.name ?? merged?.name ?? null,
      group: said.nodeGroupId ?? unit?.group ?? merged?.group ?? null,
      successful: said.successful,
      replaced: false,
    });
    if (replaced) replaced.replaced = true;
    else if (said.replacesInstanceId !== null) {
      const id = said.replacesInstanceId;
      this.#units.push({ id, name: null, group: null, successful: false, replaced: true });
    }
    return 'RECORDED';
  }

  #countNobody({ successful }: Said): string {
    if (this.#isOneUnit) {
      if (this.#itself === null && this.#total !== null && this.#reported >= this.#total) return 'TOTAL_EXCEEDED';
      this.#itself = successful;
      if (successful) this.#ownFailure = false;
    } else if (!successful) this.#ownFailure = true;
    else if (this.#reported >= (this.#total as number)) return 'TOTAL_EXCEEDED';
    else this.#nobody++;
    return 'RECORDED';
  }

  /** S5: by name within the group; of no group, where there is just one group; of several at one moment, the first key. */
  #named({ nodeGroupId, instanceId, instanceName }: Said): Known | undefined {
    const all = this.#units.filter(({ id, name }) => name !== null && name === instanceName && (!instanceId || !id));
    const exact = all.find(({ id, group }) => id === null && group === nodeGroupId);
    if (exact) return exact;
    const near = all.filter(({ group }) => !nodeGroupId || !group || group === nodeGroupId);
    const standing = near.some(({ replaced }) => !replaced) ? near.filter(({ replaced }) => !replaced) : near;
    if (!nodeGroupId && new Set(standing.map(({ group }) => group)).size > 1) return undefined;
    const own = standing.filter(({ group }) => group === nodeGroupId);
    return (own.length > 0 ? own : standing).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))[0];
  }

  get #closed(): boolean {
    return this.#ended || this.successful === true;
  }
  get #isOneUnit(): boolean {
    return this.#total === null || this.#total === 1;
  }
  get #counted(): boolean[] {
    const units = this.#units.filter(({ replaced }) => !replaced).map(({ successful }) => successful);
    return [...units, ...(this.#itself === null ? [] : [this.#itself])];
  }
  get #reported(): number {
    return this.#counted.length + this.#nobody;
  }
  get completed(): number {
    return this.#counted.filter((successful) => successful).length + this.#nobody;
  }
  get failed(): number {
    return this.#counted.filter((successful) => !successful).length + Number(this.#ownFailure);
  }
  get total(): number | null {
    return this.#total;
  }
  /** S6. */
  get successful(): boolean | null {
    if (this.failed > 0) return false;
    return this.completed === this.#total ? true : null;
  }
  get state(): string {
    return { true: 'SUCCEEDED', false: 'FAILED', null: 'RUNNING' }[`${this.successful}`];
  }
}
