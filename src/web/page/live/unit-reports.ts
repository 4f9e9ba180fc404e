import type { Event, StepUnit } from 'stepcast/client';
import { client } from './client.js';
import { Reading } from './reading.js';

/** How many reports of a unit are read. */
const most = 200;

export interface UnitReports {
  /** As the step knows it now. Null: by this name or id it knows none (any more). */
  readonly unit: StepUnit | null;
  /** Of all steps of the operation, oldest first. */
  readonly events: readonly Event[];
  readonly isCut: boolean;
}

/** A unit by its name or id, and its reports in an operation: read again when that is asked for, at most every 2 s. */
export const readUnit = (of: { clusterId: string; operationId: string; stepId: string; unit: string }) =>
  new Reading<UnitReports>(async () => {
    const filter = { state: null, nodeGroupId: null, text: of.unit };
    const [named, identified, page] = await Promise.all([
      eventsOf(of.clusterId, { operationId: of.operationId, instanceName: of.unit }),
      eventsOf(of.clusterId, { operationId: of.operationId, instanceId: of.unit }),
      client.units({ stepId: of.stepId, filter, first: 500 }),
    ]);
    const unit =
      page.nodes.find(({ instanceName }) => instanceName === of.unit) ??
      page.nodes.find(({ instanceId }) => instanceId === of.unit);
    const events = new Map([...named.nodes, ...identified.nodes].map((event) => [event.id, event]));
    return {
      unit: unit ?? null,
      events: [...events.values()].sort((a, b) => (a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : 0)),
      isCut: named.pageInfo.hasPreviousPage || identified.pageInfo.hasPreviousPage,
    };
  });

const eventsOf = (clusterId: string, filter: { operationId: string; instanceName?: string; instanceId?: string }) =>
  client.events({ clusterId, filter, last: most });
