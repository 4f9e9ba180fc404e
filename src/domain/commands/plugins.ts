import type { Command } from '../command.js';
import { atMost, limits, name, optionalName } from '../input.js';
import type { Plugin } from '../plugin.js';

export interface RegisterPluginInput {
  name: string;
  version?: string | null | undefined;
  provisioningSteps: { [type in 'creating' | 'scaling' | 'deleting']?: readonly string[] | null | undefined };
}

/** Declares a plugin's steps, or declares them anew. */
export function registerPlugin(tenantId: string, input: RegisterPluginInput): Command<Plugin> {
  const declared = (type: 'creating' | 'scaling' | 'deleting') =>
    atMost(`${type} steps`, limits.steps, input.provisioningSteps[type] ?? []).map((step) =>
      name(`a step of ${type}`, step),
    );
  const plugin = {
    tenantId,
    name: name('name', input.name),
    version: optionalName('version', input.version),
    provisioningSteps: { creating: declared('creating'), scaling: declared('scaling'), deleting: declared('deleting') },
  };
  return {
    readSet: { plugins: [{ tenantId, id: plugin.name }] },
    decide: (work) =>
      work.savePlugin({
        ...plugin,
        createdAt: work.plugin(tenantId, plugin.name)?.createdAt ?? work.now,
        updatedAt: work.now,
      }),
  };
}
