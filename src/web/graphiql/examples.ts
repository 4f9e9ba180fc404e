/** A walk through the API, one tab for each stop. The cluster's id is made here, so that the tabs work one after the other. */
export function examples() {
  const clusterId = uuid();
  return [
    // GraphiQL shows its first tab without the variables it was given, so this one has none.
    tab(clusters),
    tab(create, { clusterId }),
    tab(follow, { clusterId }),
    tab(report, { stepId: 'paste the id of the first step here', first: uuid(), second: uuid() }),
    tab(failures, { clusterId }),
  ];
}

const tab = (query: string, variables?: object) => ({
  query: query.trim(),
  ...(variables && { variables: JSON.stringify(variables, null, 2) }),
});

/** crypto.randomUUID is not there on a page that came over plain HTTP from another machine. */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const clusters = `
# All clusters, newest first, and where each of them is.
query Clusters {
  clusters(first: 20) {
    nodes {
      id
      name
      status
      currentOperation { type state progress startedAt }
      currentStep { stepName state summary }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`;

const create = `
# 1. A plugin declares its steps, a cluster appears, and
# its creation begins: the steps are laid out as PENDING.
mutation Create($clusterId: ID!) {
  registerPlugin(
    input: {
      name: "example"
      version: "1.0"
      provisioningSteps: {
        creating: [
          "Launching instances"
          "Starting services"
        ]
      }
    }
  ) {
    plugin { name version }
  }
  createCluster(
    input: {
      id: $clusterId
      name: "try-out"
      status: "Waiting"
      pluginName: "example"
    }
  ) {
    cluster { id name status }
  }
  startOperation(
    input: { clusterId: $clusterId, type: CREATING }
  ) {
    operation {
      id
      state
      steps { id stepName state }
    }
  }
}
`;

const follow = `
# 2. Watch it live: first the whole state, then what
# changes. Do this in a second window: leaving the tab
# ends it.
subscription Follow($clusterId: ID!) {
  clusterProgress(clusterId: $clusterId) {
    revision
    snapshot
    cluster { name status }
    operations { id type state progress }
    steps { id stepName state summary duration }
  }
}
`;

const report = `
# 3. Report: one instance is up, another one failed, and
# the reason goes with it. The events' ids are yours:
# sending one again changes nothing.
mutation Report(
  $stepId: ID!
  $first: ID!
  $second: ID!
) {
  startStep(input: { stepId: $stepId, total: 2 }) {
    step { summary }
  }
  reportEvents(
    input: {
      events: [
        {
          id: $first
          stepId: $stepId
          successful: true
          instanceName: "try-out-1"
        }
        {
          id: $second
          stepId: $stepId
          successful: false
          instanceName: "try-out-2"
          eventInfo: "Error: no free address\\n  at net.js:4"
        }
      ]
    }
  ) {
    results { id outcome code reason }
    steps { stepName state summary }
  }
}
`;

const failures = `
# 4. What failed on a cluster: the traceback, and the
# error id under which the server's log has it too.
query Failures($clusterId: ID!) {
  cluster(id: $clusterId) {
    name
    events(successful: false, first: 20) {
      nodes {
        createdAt
        instanceName
        eventInfo
        errorId
        provisionStepId
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}
`;
