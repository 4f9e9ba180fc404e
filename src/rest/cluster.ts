import type { Cluster } from '../domain/cluster.js';
import type { Event } from '../domain/event.js';
import type { EventConditions } from '../domain/ports.js';
import { clusterBody, type StepEvents } from './bodies.js';
import { progressEvents, textBytes } from './limits.js';
import { flagOf } from './query.js';
import { readCluster, readProgress } from './reads.js';
import type { Representation, Resource, ResourceRequest } from './resource.js';

/** A cluster with its steps; with `show_progress=true`, with the events of its steps. */
export const cluster: Resource = {
  path: '/v1.1/:tenantId/clusters/:clusterId',
  parameters: ['show_progress'],
  async read(request): Promise<Representation> {
    const wantsEvents = flagOf(request.query, 'show_progress');
    // Before what lies beneath it: a body is never older than its tag says.
    const found = await readCluster(request);
    if (!wantsEvents) return { etag: etagOf(found), body: () => bodyOf(request, found) };
    return { body: async () => bodyOf(request, found, await readEvents(request)) };
  },
};

async function bodyOf(request: ResourceRequest, found: Cluster, events?: StepEvents) {
  const [progress = { steps: [], current: null }] = await readProgress(request, [found]);
  return { cluster: clusterBody(found, { ...progress, events }) };
}

/** Everything the body shows changes with the revision. A database that was restored may have the same one again. */
const etagOf = ({ revision, updatedAt }: Cluster) => `W/"${revision}-${updatedAt.getTime()}"`;

/** The newest events, and of those before them the newest failures: they are what one looks for. */
async function readEvents(request: ResourceRequest): Promise<StepEvents> {
  const [newest, failures] = await Promise.all([readNewest(request, {}), readNewest(request, { successful: false })]);
  const byRevision = new Map([...failures.events, ...newest.events].map((event) => [event.revision, event]));
  const recorded = [...byRevision.values()].toSorted((one, other) => one.revision - other.revision);
  return { ofSteps: byStep(recorded), omitted: newest.omitted };
}

function byStep(events: readonly Event[]): Map<string, Event[]> {
  const ofSteps = new Map<string, Event[]>();
  for (const event of events) {
    const ofStep = ofSteps.get(event.provisionStepId);
    if (ofStep) ofStep.push(event);
    else ofSteps.set(event.provisionStepId, [event]);
  }
  return ofSteps;
}

async function readNewest({ readStore, tenantId, clusterId }: ResourceRequest, conditions: EventConditions) {
  const page = { first: progressEvents + 1, backward: true, texts: { page: textBytes, all: textBytes }, conditions };
  const [{ events, cut } = { events: [], cut: false }] = await readStore.eventPages(tenantId, [{ clusterId }], page);
  return { events: events.slice(-progressEvents), omitted: cut || events.length > progressEvents };
}
