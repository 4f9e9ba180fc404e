import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Cluster } from '../../src/domain/cluster.js';
import type { Operation } from '../../src/domain/operation.js';
import type { ClusterState } from '../../src/domain/ports.js';
import type { Step } from '../../src/domain/step.js';
import { ClusterView } from '../../src/fanout/cluster-view.js';

/** What happens: an operation begins, with so many steps; one of the newest operation's steps changes; a reader reads. */
const happening = fc.oneof(
  fc.record({ kind: fc.constant('begin' as const), steps: fc.nat(3) }),
  fc.record({ kind: fc.constant('change' as const), place: fc.nat(3) }),
  fc.record({ kind: fc.constant('read' as const) }),
  fc.record({ kind: fc.constant('extend' as const), by: fc.nat(3) }),
);

/** All of a cluster, whatever its age. */
class Log {
  revision = 1;
  readonly operations: Operation[] = [];
  readonly steps: Step[] = [];

  begin(steps: number): ClusterState {
    this.revision += 1;
    const number = this.operations.length + 1;
    const id = `o${number}`;
    this.operations.push({ id, number, revision: this.revision } as Operation);
    const added = Array.from({ length: steps }, (_, position) => {
      return { id: `${id}s${position}`, operationId: id, position, revision: this.revision } as Step;
    });
    this.steps.push(...added);
    return this.state(this.operations.slice(-1), added);
  }

  change(place: number): ClusterState {
    const newest = this.operations.at(-1);
    const index = this.steps.findIndex(({ operationId, position }) => operationId === newest?.id && position === place);
    if (index < 0) return this.state([], []);
    this.revision += 1;
    const changed = { ...(this.steps[index] as Step), revision: this.revision };
    this.steps[index] = changed;
    return this.state([], [changed]);
  }

  last(operations: number): ClusterState {
    const newest = this.operations.slice(-operations);
    const ids = new Set(newest.map(({ id }) => id));
    return this.state(
      newest,
      this.steps.filter(({ operationId }) => ids.has(operationId)),
    );
  }

  state(operations: Operation[], steps: Step[]): ClusterState {
    return { cluster: { id: 'c', revision: this.revision } as Cluster, operations, steps };
  }
}

/** Merges as W1 says. */
class Reader {
  #position: number | null = null;
  readonly #rows = new Map<string, Operation | Step>();

  read(view: ClusterView, operations: number): void {
    const changes = this.#position === null ? null : view.since(this.#position);
    if (changes === null) this.#rows.clear();
    const rows = changes ?? view.last(operations);
    for (const row of [...rows.operations, ...rows.steps]) this.#rows.set(row.id, row);
    for (const { operationId } of rows.steps) expect(rows.operations.map(({ id }) => id)).toContain(operationId);
    this.#position = view.cluster.revision;
  }

  /** Of each row that it holds, the revision. */
  get held() {
    return new Map([...this.#rows].map(([id, { revision }]) => [id, revision]));
  }
}

test('W1: whoever merges what is sent holds the newest operations as they are, and nothing that has changed since', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3 }), fc.array(happening, { maxLength: 60 }), (operations, happenings) => {
      const log = new Log();
      let most = operations + 1;
      let view = ClusterView.of(log.last(most), most);
      const reader = new Reader();
      for (const one of [...happenings, { kind: 'read' as const }]) {
        if (one.kind === 'begin') view = view.with(log.begin(one.steps));
        if (one.kind === 'change') view = view.with(log.change(one.place));
        if (one.kind === 'extend') {
          most += one.by;
          view = view.extended(log.last(most), most);
        }
        expect(view.last(most)).toEqual(rowsOf(log.last(most)));
        if (one.kind !== 'read') continue;
        reader.read(view, operations);
        const rows = new Map([...log.operations, ...log.steps].map(({ id, revision }) => [id, revision]));
        for (const [id, revision] of reader.held) expect([id, revision]).toEqual([id, rows.get(id)]);
        const newest = log.last(operations);
        for (const { id } of [...newest.operations, ...newest.steps]) expect(reader.held.has(id)).toBe(true);
      }
    }),
  );
});

const rowsOf = ({ operations, steps }: ClusterState) => ({ operations, steps });
