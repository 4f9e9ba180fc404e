import { parseArgs } from 'node:util';
import { createClient, type ListedCluster, StepcastError } from 'stepcast/client';
import { tokenFromEnvironment } from 'stepcast/environment';

const usage = `Usage: node dist/examples/cluster-list/main.js [--status Active] [--url http://127.0.0.1:4000/graphql]

Prints the clusters, then a line for each one that comes, changes or goes, until Ctrl-C.

  --status  only clusters of this status
  --url     the server's GraphQL address`;

process.exitCode = await main().catch((error) => {
  const isExpected = error instanceof StepcastError || error instanceof TypeError;
  console.error(isExpected ? error.message : error);
  return 1;
});

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      status: { type: 'string' },
      url: { type: 'string', default: 'http://127.0.0.1:4000/graphql' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  await printList(values.url, values.status);
  return 0;
}

async function printList(url: string, status: string | undefined): Promise<void> {
  const lists = createClient({ url, token: tokenFromEnvironment({ url }) }).followClusters({
    ...(status !== undefined && { filter: { status: [status] } }),
    orderBy: { field: 'NAME', direction: 'ASC' },
  });
  lists.onState((state) => console.log(`-- ${state.status} since ${state.since.toISOString()}`));
  const names = new Map<string, string>();
  // `clusters` is the whole list, to be shown anew; `changed` and `removed` are for who keeps one.
  for await (const { clusters, hasMore, changed, removed } of lists) {
    for (const cluster of changed) {
      console.log(`${names.has(cluster.id) ? ' ' : '+'} ${describe(cluster)}`);
      names.set(cluster.id, cluster.name);
    }
    for (const id of removed) {
      console.log(`- ${names.get(id)}`);
      names.delete(id);
    }
    console.log(`-- ${clusters.length}${hasMore ? ', and more' : ''}`);
  }
}

function describe({ name, status, lastOperation, currentStep }: ListedCluster): string {
  const operation = lastOperation ? `, ${lastOperation.type.toLowerCase()}: ${lastOperation.state.toLowerCase()}` : '';
  return `${name} (${status})${operation}${currentStep ? `, ${currentStep.summary}` : ''}`;
}
