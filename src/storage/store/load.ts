import { keyOf, type Ref } from '../../domain/cluster.js';
import { isUuid } from '../../domain/input.js';
import { infra } from '../../domain/plugin.js';
import type { EventRef, Loaded, ReadSet } from '../../domain/read-set.js';
import { keysOf, stepOf, type UnitRef } from '../../domain/unit.js';
import { clusterColumns, from, operationColumns, pluginColumns, stepColumns, unitColumns } from './columns.js';
import { type PluginRow, toPlugin } from './plugin-rows.js';
import {
  type ClusterRow,
  type OperationRow,
  type StepRow,
  toCluster,
  toOperation,
  toStep,
  toUnit,
  type UnitRow,
} from './rows.js';
import type { Send, Statement } from './transaction.js';

/**
 * The ids of the clusters named, of the operations' and of the steps', in any of the tenants named: of an id that two of
 * them use, both rows are locked and loaded.
 */
const clusterIds = `$2::uuid[]
  || ARRAY(SELECT cluster_id FROM cluster_operation WHERE tenant_id = ANY($1::text[]) AND id = ANY($3::uuid[]))
  || ARRAY(SELECT cluster_id FROM cluster_provision_step WHERE tenant_id = ANY($1) AND id = ANY($4::uuid[]))`;

/**
 * Takes the clusters' row locks in the order of their keys, on every server, so that no two batches wait for each
 * other. A commit beneath a cluster is therefore made by one batch at a time: the order of its revisions is the order
 * of its commits.
 */
const locking: Statement = {
  name: 'lock',
  text: `
    SELECT tenant_id AS "tenantId", id FROM cluster WHERE tenant_id = ANY($1) AND id = ANY(${clusterIds})
    ORDER BY tenant_id, id FOR NO KEY UPDATE`,
};

/** A statement of its own, after the locks: it sees all that was committed before they were granted. */
const loading: Statement = {
  name: 'load',
  text: `
    WITH held AS MATERIALIZED (
      SELECT ${clusterIds} AS ids
    ), runs AS MATERIALIZED (
      SELECT $3
        || ARRAY(SELECT operation_id FROM cluster_provision_step WHERE tenant_id = ANY($1) AND id = ANY($4))
        || ARRAY(SELECT id FROM cluster_operation
          WHERE tenant_id = ANY($1) AND cluster_id = ANY((SELECT ids FROM held)::uuid[]) AND state = 'RUNNING') AS ids
    )
    SELECT json_build_object(
      'now', date_trunc('milliseconds', clock_timestamp()),
      'clusters', (SELECT json_agg(c) FROM (
        SELECT ${from('c', clusterColumns)}, (SELECT max(number) FROM cluster_operation o
          WHERE o.tenant_id = c.tenant_id AND o.cluster_id = c.id) AS runs
        FROM cluster c WHERE c.tenant_id = ANY($1) AND c.id = ANY((SELECT ids FROM held)::uuid[])) c),
      'operations', (SELECT json_agg(o) FROM (SELECT ${from('o', operationColumns)} FROM cluster_operation o
        WHERE o.tenant_id = ANY($1) AND o.id = ANY((SELECT ids FROM runs)::uuid[])) o),
      'steps', (SELECT json_agg(s) FROM (SELECT ${from('s', stepColumns)} FROM cluster_provision_step s
        WHERE s.tenant_id = ANY($1) AND s.operation_id = ANY((SELECT ids FROM runs)::uuid[])) s)
    ) AS loaded`,
};

/** Units of one name that are looked at: where more have it, a name alone tells nobody apart. */
const namesakes = 16;

/** What reports may speak of, step by step: arrays of keys, which an index is gone through once for. */
const loadingReported: Statement = {
  name: 'load reported',
  text: `
    WITH asked AS MATERIALIZED (
      SELECT * FROM json_to_recordset($1)
        AS n ("tenantId" text, "stepId" uuid, keys text[], unnumbered text[], numbered text[], events uuid[])
    )
    SELECT json_build_object(
      'units', (SELECT json_agg(u) FROM (
        SELECT u.* FROM asked n, LATERAL (SELECT ${from('u', unitColumns)} FROM step_unit u
          WHERE u.tenant_id = n."tenantId" AND u.provision_step_id = n."stepId" AND u.key = ANY(n.keys) OFFSET 0) u
        UNION ALL
        SELECT u.* FROM asked n, unnest(n.unnumbered) AS name, LATERAL (SELECT ${from('u', unitColumns)} FROM step_unit u
          WHERE u.tenant_id = n."tenantId" AND u.provision_step_id = n."stepId" AND u.instance_name = name
            AND u.instance_id IS NULL LIMIT ${namesakes}) u
        UNION ALL
        SELECT u.* FROM asked n, unnest(n.numbered) AS name, LATERAL (SELECT ${from('u', unitColumns)} FROM step_unit u
          WHERE u.tenant_id = n."tenantId" AND u.provision_step_id = n."stepId" AND u.instance_name = name
            AND u.instance_id IS NOT NULL LIMIT ${namesakes}) u) u),
      'erased', (SELECT json_agg(json_build_object('tenantId', n."tenantId", 'id', x.id, 'stepId', n."stepId"))
        FROM asked n, LATERAL (SELECT e.id FROM erased_events x, unnest(x.ids) AS e (id), unnest(n.events) AS r (id)
          WHERE x.tenant_id = n."tenantId" AND x.provision_step_id = n."stepId" AND r.id = e.id OFFSET 0) x),
      'known', (SELECT json_agg(json_build_object('tenantId', k.tenant_id, 'id', k.id, 'stepId', k.provision_step_id))
        FROM asked n, LATERAL (SELECT e.tenant_id, e.id, e.provision_step_id FROM cluster_event e
          WHERE e.tenant_id = n."tenantId" AND e.id = ANY(n.events) OFFSET 0) k)
    ) AS loaded`,
};

/** The plugins named, and those of the clusters whose plan may be needed. */
const loadingPlugins: Statement = {
  name: 'load plugins',
  text: `
    SELECT ${from('p', pluginColumns)} FROM plugin p WHERE p.tenant_id = ANY($1::text[]) AND p.name = ANY($2::text[]
      || ARRAY(SELECT plugin_name FROM cluster WHERE tenant_id = ANY($1) AND id = ANY($3::uuid[])))`,
};

/** Null: none. */
interface LoadedRow {
  now: string;
  clusters: (ClusterRow & { runs: number | null })[] | null;
  operations: OperationRow[] | null;
  steps: StepRow[] | null;
}

interface ReportedRow {
  units: UnitRow[] | null;
  erased: EventRef[] | null;
  known: EventRef[] | null;
}

/** Locks the clusters that a batch concerns, and reads the rows of its read set. */
export async function load(send: Send, readSet: ReadSet): Promise<Loaded> {
  const clusters = [...readSet.clusters, ...readSet.plans];
  const { operations, steps } = readSet;
  const concerned = [tenantsOf(clusters, operations, steps), ...[clusters, operations, steps].map(idsOf)];
  const [locked, [row], reported, plugins] = await Promise.all([
    send<Ref>(locking, concerned),
    send<{ loaded: LoadedRow }>(loading, concerned),
    loadReported(send, readSet),
    loadPlugins(send, readSet),
  ]);
  return toLoaded((row as { loaded: LoadedRow }).loaded, reported, plugins, new Set(locked.map(keyOf)));
}

const tenantsOf = (...refs: readonly (readonly Ref[])[]) => [...new Set(refs.flat().map(({ tenantId }) => tenantId))];

/** What is no UUID names nothing. */
const idsOf = (refs: readonly Ref[]) => refs.map(({ id }) => id).filter(isUuid);

async function loadReported(send: Send, { units, events }: ReadSet): Promise<ReportedRow | undefined> {
  const asked = askedOf(units, events);
  if (asked.length === 0) return undefined;
  const [row] = await send<{ loaded: ReportedRow }>(loadingReported, [JSON.stringify(asked)]);
  return row?.loaded;
}

async function loadPlugins(send: Send, { plugins, plans }: ReadSet): Promise<PluginRow[]> {
  if (plugins.length === 0 && plans.length === 0) return [];
  const names = [...plugins.map(({ id }) => id), ...(plans.length > 0 ? [infra] : [])];
  return send<PluginRow>(loadingPlugins, [tenantsOf(plugins, plans), names, idsOf(plans)]);
}

/** What is asked of a step; what several reports ask, once. */
class Asked {
  readonly step: Ref;
  readonly keys = new Set<string>();
  readonly unnumbered = new Set<string>();
  readonly numbered = new Set<string>();
  readonly events: string[] = [];

  constructor(step: Ref) {
    this.step = step;
  }

  /** S5: names are looked up where keys do not say all: of no group the unit may be in any, of no id it may have one. */
  unit(unit: UnitRef): void {
    for (const key of keysOf(unit)) this.keys.add(key);
    if (unit.instanceName === null) return;
    if (unit.nodeGroupId === null) this.unnumbered.add(unit.instanceName);
    if (unit.instanceId === null) this.numbered.add(unit.instanceName);
  }

  toJSON() {
    const { step, keys, unnumbered, numbered, events } = this;
    return {
      tenantId: step.tenantId,
      stepId: step.id,
      keys: [...keys],
      unnumbered: [...unnumbered],
      numbered: [...numbered],
      events,
    };
  }
}

function askedOf(units: readonly UnitRef[], events: readonly EventRef[]): Asked[] {
  const steps = new Map<string, Asked>();
  const of = (step: Ref) => {
    const key = keyOf(step);
    const asked = steps.get(key) ?? new Asked(step);
    steps.set(key, asked);
    return asked;
  };
  for (const unit of units) of(stepOf(unit)).unit(unit);
  for (const { tenantId, id, stepId } of events) of({ tenantId, id: stepId }).events.push(id);
  return [...steps.values()].filter(({ step }) => isUuid(step.id));
}

/** What came to be between the two statements is not locked, and so not seen. */
function toLoaded(
  { now, ...rows }: LoadedRow,
  reported: ReportedRow | undefined,
  plugins: readonly PluginRow[],
  locked: ReadonlySet<string>,
): Loaded {
  const isLocked = (tenantId: string, id: string) => locked.has(keyOf({ tenantId, id }));
  const clusters = (rows.clusters ?? []).filter((row) => isLocked(row.tenant_id, row.id));
  return {
    now: new Date(now),
    clusters: clusters.map(toCluster),
    operations: (rows.operations ?? [])
      .map(toOperation)
      .filter(({ tenantId, clusterId }) => isLocked(tenantId, clusterId)),
    runs: new Map(clusters.map((row) => [keyOf({ tenantId: row.tenant_id, id: row.id }), row.runs ?? 0])),
    steps: (rows.steps ?? []).map(toStep).filter(({ tenantId, clusterId }) => isLocked(tenantId, clusterId)),
    units: (reported?.units ?? []).map(toUnit),
    plugins: plugins.map(toPlugin),
    known: [...(reported?.erased ?? []), ...(reported?.known ?? [])],
  };
}
