import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ListedCluster } from '../../src/client/api.js';
import { ClusterWindow } from '../../src/client/follow/cluster-window.js';
import type { ClusterOrder } from '../../src/generated/client.js';

const pageSize = 2;
const keys = { CREATED_AT: 'createdAt', UPDATED_AT: 'updatedAt', NAME: 'name' } as const;

/** Clusters as a server has them: it answers pages, and tells of what changed with the state that it has when it tells. */
class Server {
  readonly #order: ClusterOrder;
  readonly #matching = new Map<string, ListedCluster>();
  readonly #untold: string[] = [];
  #time = 0;

  constructor(order: ClusterOrder) {
    this.#order = order;
  }

  /** Of each cluster whatever was done last is told of; a tick of the clock may hold several changes. */
  change(id: string, how: 'save' | 'remove' | 'rename', ticks: number): void {
    this.#time += ticks;
    const known = this.#matching.get(id);
    const now = new Date(this.#time).toISOString();
    const name = how === 'rename' || !known ? `${(this.#time * 7) % 5}` : known.name;
    const cluster = { id, createdAt: known?.createdAt ?? now, updatedAt: now, name, revision: ++this.#revision };
    if (how === 'remove') this.#matching.delete(id);
    else this.#matching.set(id, cluster as ListedCluster);
    this.#untold.push(id);
  }
  #revision = 0;

  /** The first change that was not told yet goes to the window. */
  tell(to: ClusterWindow | null): boolean {
    const id = this.#untold.shift();
    if (id !== undefined) to?.change(id, this.#matching.get(id) ?? null);
    return id !== undefined;
  }

  page(after: ListedCluster | null): { clusters: ListedCluster[]; hasNextPage: boolean } {
    const rest = this.list().filter((one) => !after || this.#compare(one, after) > 0);
    return { clusters: rest.slice(0, pageSize), hasNextPage: rest.length > pageSize };
  }

  list(): ListedCluster[] {
    return [...this.#matching.values()].sort((a, b) => this.#compare(a, b));
  }

  #compare(a: ListedCluster, b: ListedCluster): number {
    const { field, direction } = this.#order;
    const [x, y] = [a, b].map((one) => `${one[keys[field]]} ${one.id}`) as [string, string];
    return (x < y ? -1 : Number(x > y)) * (direction === 'ASC' ? 1 : -1);
  }
}

interface Change {
  readonly kind: 'change';
  readonly id: string;
  readonly how: 'save' | 'remove' | 'rename';
  readonly ticks: number;
}

const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constant('change' as const),
  id: fc.constantFrom(...ids),
  how: fc.constantFrom('save' as const, 'remove' as const, 'rename' as const),
  ticks: fc.integer({ min: 0, max: 1 }),
});
const other = fc.constantFrom({ kind: 'tell' as const }, { kind: 'read' as const }, { kind: 'answer' as const });
const story = fc.array(fc.oneof({ weight: 2, arbitrary: change }, { weight: 3, arbitrary: other }), { maxLength: 80 });
const order = fc.record({
  field: fc.constantFrom('CREATED_AT' as const, 'UPDATED_AT' as const, 'NAME' as const),
  direction: fc.constantFrom('ASC' as const, 'DESC' as const),
});

/** More is saved than twice the limit while the first page is on its way, and then the first one removed. */
const save = (id: string, ticks = 0) => ({ kind: 'change' as const, id, how: 'save' as const, ticks });
const trimmedWhileRead: [ClusterOrder, number, Change[], (Change | { kind: 'tell' | 'read' | 'answer' })[]] = [
  { field: 'CREATED_AT', direction: 'DESC' },
  1,
  [save('a'), save('g'), save('c', 1)],
  [{ kind: 'read' }, save('b'), { kind: 'tell' }, { ...save('c'), how: 'remove' }, { kind: 'tell' }],
];

test('W2: however pages and changes overtake each other, what is held is the beginning of the list, or is read anew', () => {
  fc.assert(
    fc.property(
      order,
      fc.integer({ min: 1, max: ids.length }),
      fc.array(change, { maxLength: 9 }),
      story,
      (order, limit, before, story) => {
        const server = new Server(order);
        for (const { id, how, ticks } of before) server.change(id, how, ticks);
        // Attached here: what changes from now on is told.
        while (server.tell(null));
        const window = new ClusterWindow(order, limit);
        let [after, isRead]: [ListedCluster | null, boolean] = [null, false];
        let page: ReturnType<Server['page']> | null = null;
        const read = () => {
          if (!isRead) page ??= server.page(after);
        };
        const answer = () => {
          if (!page) return;
          after = page.clusters.at(-1) ?? after;
          isRead = !window.add(page.clusters, page.hasNextPage);
          page = null;
        };
        for (const step of story) {
          if (step.kind === 'change') server.change(step.id, step.how, step.ticks);
          else ({ tell: () => server.tell(window), read, answer })[step.kind]();
          if (isRead) expect(window.list().clusters.length).toBeLessThanOrEqual(limit);
        }
        for (; !isRead; answer()) read();
        while (server.tell(window));

        const { clusters, hasMore } = window.list();
        const truth = server.list();
        const isOutdated = window.isOutdated;
        if (!isOutdated) expect(clusters).toEqual(truth.slice(0, limit));
        else if (order.field !== 'NAME') expect(clusters).toEqual(truth.slice(0, clusters.length));
        if (truth.length > limit && !isOutdated) expect(hasMore).toBe(true);
        if (limit === ids.length && order.field !== 'NAME') expect([hasMore, isOutdated]).toEqual([false, false]);
      },
    ),
    { numRuns: 2_000, examples: [trimmedWhileRead] },
  );
});
