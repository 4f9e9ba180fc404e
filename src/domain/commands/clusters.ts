import type { Cluster, Ref } from '../cluster.js';
import type { Command } from '../command.js';
import { conflict, notFound } from '../errors.js';
import { fingerprint } from '../fingerprint.js';
import { errorText, name, optionalName, uuid } from '../input.js';
import { end } from '../series.js';
import type { UnitOfWork } from '../unit-of-work.js';

type Given<T> = T | null | undefined;

export interface CreateClusterInput {
  id?: Given<string>;
  name: string;
  status?: Given<string>;
  pluginName?: Given<string>;
  pluginVersion?: Given<string>;
}

/** A new cluster, under the caller's own UUID or one made here. O3: the same said again answers with the cluster; an id that is taken: CONFLICT. */
export function createCluster(tenantId: string, input: CreateClusterInput): Command<Cluster> {
  const ref = { tenantId, id: input.id == null ? crypto.randomUUID() : uuid('id', input.id) };
  const given = {
    name: name('name', input.name),
    status: optionalName('status', input.status) ?? 'Undefined',
    statusDescription: null,
    pluginName: optionalName('pluginName', input.pluginName),
    pluginVersion: optionalName('pluginVersion', input.pluginVersion),
  };
  const said = input.id == null ? null : fingerprint(given);
  return {
    readSet: { clusters: [ref] },
    decide(work) {
      const there = work.cluster(ref);
      if (there && said !== null && there.fingerprint === said) return there;
      if (work.hasCluster(ref))
        throw conflict(`expected an id that is not in use, got ${ref.id}, which another cluster has`, { field: 'id' });
      return work.addCluster({
        ...ref,
        ...given,
        fingerprint: said,
        revision: 1,
        createdAt: work.now,
        updatedAt: work.now,
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

/** Changes the given fields and leaves the others; a null `statusDescription` clears it. */
export function updateCluster(tenantId: string, input: UpdateClusterInput): Command<Cluster> {
  const ref = { tenantId, id: input.id.toLowerCase() };
  const given = {
    ...(input.name != null && { name: name('name', input.name) }),
    ...(input.status != null && { status: name('status', input.status) }),
    ...(input.statusDescription !== undefined && { statusDescription: errorText(input.statusDescription) }),
  };
  return {
    readSet: { clusters: [ref] },
    decide: (work) => work.saveCluster({ ...expectCluster(work, ref, input.id), ...given }),
  };
}

/** F3: ends what runs (S11) and hides the cluster. Said again, it changes nothing. */
export function deleteCluster(tenantId: string, input: { id: string }): Command<string> {
  const ref = { tenantId, id: input.id.toLowerCase() };
  return {
    readSet: { clusters: [ref] },
    decide(work) {
      if (work.hasCluster(ref) && !work.cluster(ref)) return ref.id;
      const running = work.runningOperation(expectCluster(work, ref, input.id));
      const reason = 'the cluster was deleted';
      if (running) end(work, running, { state: 'INTERRUPTED', ending: 'INTERRUPTED', reason });
      return work.saveCluster({ ...expectCluster(work, ref, input.id), deletedAt: work.clock(ref) }).id;
    },
  };
}

export function expectCluster(work: UnitOfWork, ref: Ref, given: string): Cluster {
  const cluster = work.cluster(ref);
  if (!cluster) throw notFound('a cluster', given);
  return cluster;
}
