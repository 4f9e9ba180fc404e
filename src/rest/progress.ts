import { notFound } from '../domain/errors.js';
import { currentStep } from '../domain/operation.js';
import { eventBody } from './bodies.js';
import { textBytes } from './limits.js';
import { invalid, limitOf, type Query } from './query.js';
import { readCluster } from './reads.js';
import type { Representation, Resource, ResourceRequest } from './resource.js';

/**
 * The events of a cluster's current step, or of the one that is named, in recorded order. A page ends after `limit`
 * events, or where its texts come to 512 KiB; `markers.next` is then what the next one is asked for with.
 */
export const progress: Resource = {
  path: '/v1.1/:tenantId/clusters/:clusterId/progress',
  parameters: ['provision_step_id', 'limit', 'marker'],
  async read(request): Promise<Representation> {
    const { id } = await readCluster(request);
    return { body: () => bodyOf(request, id) };
  },
};

async function bodyOf(request: ResourceRequest, clusterId: string) {
  const { readStore, tenantId, query } = request;
  const limit = limitOf(query);
  const after = placeOf(query);
  const stepId = await stepOf(request, clusterId);
  if (stepId === null) return { events: [], markers: { next: null } };
  const texts = { page: textBytes, all: textBytes };
  const [part] = await readStore.eventPages(tenantId, [{ clusterId, stepId }], { first: limit + 1, after, texts });
  const found = part?.events ?? [];
  const page = found.slice(0, limit);
  const isLast = !part?.cut && page.length === found.length;
  return {
    events: page.map(eventBody),
    markers: { next: isLast ? null : String(page.at(-1)?.revision) },
  };
}

/** Null: none has begun. */
async function stepOf({ readStore, tenantId, query }: ResourceRequest, clusterId: string): Promise<string | null> {
  const wanted = query.get('provision_step_id');
  if (wanted === undefined) {
    const [steps = []] = await readStore.currentSteps(tenantId, [clusterId]);
    return currentStep(steps)?.id ?? null;
  }
  const [step] = await readStore.steps(tenantId, [wanted]);
  if (step?.clusterId !== clusterId) throw notFound('a step of this cluster', wanted);
  return step.id;
}

/** An event's revision. Its id would lead nowhere once the event is erased. */
function placeOf(query: Query): number | undefined {
  const marker = query.get('marker');
  if (marker === undefined) return undefined;
  if (!/^\d{1,10}$/.test(marker)) throw invalid('marker to be one that markers.next gave out', marker);
  return Number(marker);
}
