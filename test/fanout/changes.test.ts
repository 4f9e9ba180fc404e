import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Cluster } from '../../src/domain/cluster.js';
import { Changes, Overrun } from '../../src/fanout/changes.js';

const cluster = (id: string, revision: number, bytes = 0, deleted = false): Cluster => ({
  tenantId: 'acme',
  id,
  name: id,
  status: 'Active',
  statusDescription: 'x'.repeat(bytes),
  pluginName: null,
  pluginVersion: null,
  fingerprint: null,
  revision,
  createdAt: new Date(0),
  updatedAt: new Date(0),
  deletedAt: deleted ? new Date(0) : null,
});

/** All that a subscriber gets from a position on. */
function read(changes: Changes, from: number): Cluster[] {
  const found: Cluster[] = [];
  for (let at = changes.after(from); at; at = changes.after(at.position)) found.push(at.cluster);
  return found;
}

test('a subscriber gets the last state of each cluster that changed, in order, or the news that it is too far behind', () => {
  const change = fc.record({
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    bytes: fc.integer({ min: 0, max: 9 }),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 120 }), fc.integer({ min: 1, max: 6 }), (story, clusters) => {
      const changes = new Changes({ clusters, bytes: 20 });
      const log: Cluster[] = [];
      for (const { id, bytes } of story) {
        log.push(cluster(id, log.length + 1, bytes));
        changes.add(log.at(-1) as Cluster);
        expect(changes.size).toBeLessThanOrEqual(clusters);
        expect(changes.bytes).toBeLessThanOrEqual(20);
      }
      for (let from = 0; from <= log.length; from++) {
        const later = log.slice(from);
        const last = later.filter(({ id }, at) => later.findLastIndex((one) => one.id === id) === at);
        if (reaches(changes, from)) expect(read(changes, from)).toEqual(last);
        // What one gets who is not too far behind is all that is kept, at most.
        else expect(last.length).toBeGreaterThanOrEqual(changes.size);
      }
      expect(read(changes, log.length)).toEqual([]);
      if (log.length > 0) expect(read(changes, log.length - 1)).toEqual(log.slice(-1));
    }),
  );
});

function reaches(changes: Changes, from: number): boolean {
  try {
    changes.after(from);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(Overrun);
    return false;
  }
}

test('clusters that come and go are not kept for ever', () => {
  const changes = new Changes({ clusters: 1_000, bytes: 1_000_000 });
  for (let number = 0; number < 20_000; number++) changes.add(cluster(`${number}`, 2, 100, true));
  expect([changes.size, changes.bytes]).toEqual([1_000, 100_000]);
  expect(read(changes, 19_000)).toHaveLength(1_000);
  expect(() => changes.after(18_999)).toThrow('1001 changes behind');
});

test('one that is larger than what may be kept is kept alone', () => {
  const changes = new Changes({ clusters: 10, bytes: 100 });
  changes.add(cluster('small', 1, 1));
  changes.add(cluster('large', 1, 1_000));
  expect(read(changes, 1)).toMatchObject([{ id: 'large' }]);
});
