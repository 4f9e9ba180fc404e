import { server } from '../rules/fixture.js';
import { createCluster, event, ok, open, report, startOperation } from '../support/api.js';
import { recipesFor } from './recipes.js';

// biome-ignore lint/suspicious/noExplicitAny: each recipe has an answer of its own
export type Data = any;

export const recipes = [...recipesFor('operator'), ...recipesFor('author')];

const operationOf = (path: string) => {
  const recipe = recipes.find((recipe) => recipe.path === path);
  if (!recipe) throw new Error(`expected a recipe ${path}, got none`);
  return recipe.operation;
};

/** A server that is asked what the recipes ask. */
export function kitchen() {
  const on = server();
  return {
    on,
    ask: (path: string, variables: object = {}): Promise<Data> => ok(on.url, operationOf(path), variables),
    follow: (path: string, variables: object = {}) => open<Data, object>(on.url, operationOf(path), variables),
    /** A cluster of two steps: the first done, of the second one instance done and one failed. */
    async cluster(name = 'analytics') {
      const { id: clusterId } = await createCluster(on.url, { name, status: 'Waiting' });
      const steps = [
        { stepName: 'Launching instances', total: 1 },
        { stepName: 'Waiting for ssh', total: 4 },
      ];
      const operation = await startOperation(on.url, clusterId, steps);
      const [first = '', second = ''] = operation.steps.map(({ id }) => id);
      const errorId = crypto.randomUUID();
      const failure = event(second, { successful: false, instanceName: 'db-2', eventInfo: 'TimeoutError', errorId });
      await report(on.url, [event(first, { instanceName: 'db-2' }), event(second, { instanceName: 'db-1' }), failure]);
      return { clusterId, operationId: operation.id, second, failure, errorId };
    },
  };
}
