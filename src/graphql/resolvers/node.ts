import type { Cluster } from '../../domain/cluster.js';
import type { Event } from '../../domain/event.js';
import type { Operation } from '../../domain/operation.js';
import type { Plugin } from '../../domain/plugin.js';
import type { Step } from '../../domain/step.js';
import type { NodeResolvers } from '../../generated/resolvers.js';
import type { Context } from '../context.js';

type NodeRow = Cluster | Operation | Step | Event | Plugin;

const pluginPrefix = 'plugin:';

/** A plugin has no id of its own: its name is unique within the tenant. */
export const pluginId = ({ name }: Plugin) => pluginPrefix + name;

/**
 * The object with this id; what lies beneath a deleted cluster is hidden with it (F3). All tables are asked at once: an id
 * does not say which of them has it.
 */
export async function nodeById(id: string, { loaders }: Context, texts: boolean): Promise<NodeRow | null> {
  if (id.startsWith(pluginPrefix)) return loaders.plugin.load(id.slice(pluginPrefix.length));
  const [cluster, ...beneath] = await Promise.all([
    loaders.cluster.load(id),
    loaders.operation.load(id),
    loaders.step.load(id),
    loaders.event(texts).load(id),
  ]);
  if (cluster) return cluster;
  const found = beneath.find((row) => row !== null);
  return found && (await loaders.cluster.load(found.clusterId)) ? found : null;
}

export const Node: NodeResolvers = {
  __resolveType: (row) => {
    if ('provisioningSteps' in row) return 'Plugin';
    if ('provisionStepId' in row) return 'ClusterEvent';
    if ('stepName' in row) return 'ClusterProvisionStep';
    return 'clusterId' in row ? 'ClusterOperation' : 'Cluster';
  },
};
