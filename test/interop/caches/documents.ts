import { readFileSync } from 'node:fs';

const page = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8');
const quoted = Array.from(page.matchAll(/```graphql\n(.*?)```/gs), ([, text = '']) => text);

/**
 * What an application shows of clusters: a list, and the page of one. Named as Relay asks, which finds them in a module
 * `Pages`. Each selects what the other does not.
 */
export const documents = {
  list: `
    query PagesListQuery {
      clusters(first: 50) {
        nodes { id deletedAt ...Pages_cluster }
        pageInfo { hasNextPage endCursor }
      }
    }
    fragment Pages_cluster on Cluster {
      id name status updatedAt
      currentOperation { id type state progress }
      currentStep { id stepName state completed failed total summary }
      lastOperation { id state progress }
    }`,
  cluster: `
    query PagesClusterQuery($id: ID!) {
      cluster(id: $id) {
        id name status statusDescription deletedAt
        lastOperation {
          id type state progress completedAt
          steps { id stepName state completed failed total successful summary duration completedAt }
        }
        provisioningProgress { id stepName state summary }
        operations(first: 10) { nodes { id type state progress } }
      }
    }`,
  step: `
    query PagesStepQuery($id: ID!) {
      node(id: $id) {
        id
        ... on ClusterProvisionStep {
          stepName state completed failed
          units(first: 5) { nodes { key state instanceId } pageInfo { hasNextPage } }
          events(last: 3) { edges { cursor node { id successful eventInfo } } }
        }
      }
    }`,
  sources: `
    query PagesSourcesQuery($id: ID!) {
      cluster(id: $id) { id provisioningProgress { id source } }
    }`,
  cancel: `
    mutation PagesCancelMutation($input: CancelOperationInput!) {
      cancelOperation(input: $input) {
        operation {
          id type state progress completedAt
          cluster { id name status updatedAt currentOperation { id } currentStep { id } }
          steps { id stepName state completed failed total successful summary duration completedAt }
        }
      }
    }`,
  report: `
    mutation PagesReportMutation($input: ReportEventsInput!) {
      reportEvents(input: $input) {
        results { id outcome code }
        steps { id stepName state completed failed total successful summary duration completedAt }
      }
    }`,
  remove: `
    mutation PagesRemoveMutation($input: DeleteClusterInput!) {
      deleteCluster(input: $input) { id }
    }`,
  changes: `
    subscription PagesChangesSubscription {
      clusterChanges {
        clusters {
          id name status updatedAt
          currentOperation { id type state progress }
          currentStep { id stepName state completed failed total summary }
          lastOperation { id state progress }
        }
        removed
      }
    }`,
  log: `
    subscription PagesLogSubscription($id: ID!, $after: String, $last: Int) {
      clusterEvents(clusterId: $id, after: $after, last: $last) {
        cursor reset more
        events { id provisionStepId instanceName successful eventInfo errorId createdAt }
      }
    }`,
  /** docs/protocol.md's, which keeps both right. */
  live: (quoted.find((text) => text.includes('currentStep')) ?? '').replace(
    'subscription',
    'subscription PagesLiveSubscription',
  ),
};

export type Name = keyof typeof documents;
