import type { PluginResolvers } from '../../generated/resolvers.js';
import { pluginId } from './node.js';

export const Plugin: PluginResolvers = {
  id: (plugin) => pluginId(plugin),
};
