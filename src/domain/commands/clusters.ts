import type { Cluster, Ref } from '../cluster.js';
import type { Command } from '../command.js';
import { Fault, notFound } from '../errors.js';
import { errorText, name, optionalName, uuid } from '../input.js';
import { end } from '../series.js';
import type { World } from '../world.js';

type Given<T> = T | null | undefined;

export interface CreateClusterInput {
  id?: Given<string>;
  name: string;
  status?: Given<string>;
  pluginName?: Given<string>;
  pluginVersion?: Given<string>;
}

/** A new cluster, under the caller's own UUID or one made here. An id that is taken: CONFLICT. */
export function createCluster(tenantId: string, input: CreateClusterInput): Command<Cluster> {
  const ref = { tenantId, id: input.id == null ? crypto.randomUUID() : uuid('id', input.id) };
  const given = {
    name: name('name', input.name),
    status: optionalName('status', input.status) ?? 'Undefined',
    statusDescription: null,
    pluginName: optionalName('pluginName', input.pluginName),
    pluginVersion: optionalName('pluginVersion', input.pluginVersion),
  };
  return {
    needs: { clusters: [ref] },
    judge(world) {
      if (world.hasCluster(ref))
        throw new Fault('CONFLICT', `expected the id of no cluster, got ${ref.id}, which is one's`);
      return world.addCluster({
        ...ref,
        ...given,
        revision: 1,
        createdAt: world.now,
        updatedAt: world.now,
        deletedAt: null,
      });
    },
  };
}

export interface UpdateClusterInput {
  id: string;
  name?: Given<string>;
  status?: Given<string>;
  statusDescription?: Given<string>;
}

/** Changes what is given and leaves the rest; a null `statusDescription` clears it. */
export function updateCluster(tenantId: string, input: UpdateClusterInput): Command<Cluster> {
  const ref = { tenantId, id: input.id.toLowerCase() };
  const given = {
    ...(input.name != null && { name: name('name', input.name) }),
    ...(input.status != null && { status: name('status', input.status) }),
    ...(input.statusDescription !== undefined && { statusDescription: errorText(input.statusDescription) }),
  };
  return {
    needs: { clusters: [ref] },
    judge: (world) => world.saveCluster({ ...expectCluster(world, ref, input.id), ...given }),
  };
}

/** F3: ends what runs (S11) and hides the cluster. */
export function deleteCluster(tenantId: string, input: { id: string }): Command<string> {
  const ref = { tenantId, id: input.id.toLowerCase() };
  return {
    needs: { clusters: [ref] },
    judge(world) {
      const running = world.runningOperation(expectCluster(world, ref, input.id));
      if (running) end(world, running, 'INTERRUPTED', 'the cluster was deleted');
      return world.saveCluster({ ...expectCluster(world, ref, input.id), deletedAt: world.now }).id;
    },
  };
}

export function expectCluster(world: World, ref: Ref, given: string): Cluster {
  const cluster = world.cluster(ref);
  if (!cluster) throw notFound('a cluster', given);
  return cluster;
}
