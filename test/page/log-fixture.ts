import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { Page } from 'playwright-core';
import type { Client, Event } from '../../src/client/index.js';
import type { StepRow } from '../../src/storage/store/rows.js';
import { seed } from '../storage/seed.js';
import { eventually } from '../support/wait.js';

/** Above every event that is put straight into the tables: what is reported later comes after. */
const revision = 1_000_000;

/** A running step with so many successes in its log, and one failure in it, put straight into the tables. */
export async function longLog(pool: Pool, events: number, failureAt: number): Promise<StepRow> {
  const rows = seed(pool);
  const cluster = await rows.cluster({ tenant_id: 'default', name: 'prod-eu-7', revision });
  const operation = await rows.operation(cluster, { state: 'RUNNING', auto_finish: false, revision });
  const counters = { completed: events - 1, failed: 1, total: 2 * events };
  const step = await rows.step(operation, { state: 'RUNNING', started_at: new Date(), revision, ...counters });
  await pool.query(
    `INSERT INTO cluster_event (tenant_id, id, cluster_id, provision_step_id, node_group_id, instance_id, instance_name,
       event_info, successful, error_id, revision, late, withdrawn, occurred_at, created_at, updated_at)
     SELECT $1, gen_random_uuid(), $2, $3, CASE WHEN n % 10 = 0 THEN 'master' ELSE 'worker' END, 'i-' || n, 'node-' || n,
       CASE WHEN n = $5 THEN 'QuotaError: the needle' END, n <> $5, CASE WHEN n = $5 THEN 'error-of-the-needle' END, n, false,
       false, at, at, at
     FROM generate_series(1, $4::int) AS n, LATERAL (SELECT now() - make_interval(secs => ($4 - n) / 100.0) AS at) AS time`,
    [step.tenant_id, step.cluster_id, step.id, events, failureAt],
  );
  return step;
}

/** The ids of a step's log as it is stored, oldest first. */
export async function idsOf(pool: Pool, { tenant_id, id }: StepRow): Promise<string[]> {
  const log = 'SELECT id FROM cluster_event WHERE tenant_id = $1 AND provision_step_id = $2 ORDER BY revision';
  const { rows } = await pool.query<{ id: string }>(log, [tenant_id, id]);
  return rows.map(({ id }) => id);
}

/** A cluster of the API's own, with one step that has begun. */
export async function begun(client: Client, total?: number) {
  const cluster = await client.createCluster({ name: 'small' });
  const operation = await client.startOperation({
    clusterId: cluster?.id ?? '',
    type: 'CREATING',
    autoFinish: false,
    steps: [{ stepName: 'Launching instances', source: 'infra' }],
  });
  const step = operation?.steps[0];
  if (!cluster || !operation || !step) throw new Error('expected a step, got none: the event log is off');
  await client.startStep({ stepId: step.id, ...(total !== undefined && { total }) });
  return step;
}

type Reported = {
  successful?: boolean;
  eventInfo?: string;
  instanceName?: string;
  nodeGroupId?: string;
  errorId?: string;
};

export const report = async (client: Client, stepId: string, events: readonly Reported[]): Promise<string[]> => {
  const input = events.map((event) => ({ id: randomUUID(), stepId, successful: true, ...event }));
  for (let at = 0; at < input.length; at += 1_000) await client.reportEvents({ events: input.slice(at, at + 1_000) });
  return input.map(({ id }) => id);
};

interface Located {
  readonly clusterId: string;
  readonly operationId: string;
  readonly id: string;
}

export const located = ({ cluster_id, operation_id, id }: StepRow): Located => ({
  clusterId: cluster_id,
  operationId: operation_id,
  id,
});

export const addressOf = (url: string, { clusterId, operationId, id }: Located, search = '') =>
  `${url}/clusters/${clusterId}/operations/${operationId}/steps/${id}?tab=log${search}`;

/** A step's whole log, oldest first, as the API has it. */
export async function wholeLog(client: Client, { clusterId, id }: Located): Promise<Event[]> {
  const events: Event[] = [];
  let after: string | null = null;
  for (let more = true; more; ) {
    const { nodes, pageInfo } = await client.events({ clusterId, filter: { stepId: id }, first: 500, after });
    events.push(...nodes);
    more = pageInfo.hasNextPage;
    after = pageInfo.endCursor;
  }
  return events;
}

export const scroller = (page: Page) => page.getByRole('log', { name: 'Log', exact: true });
export const row = (page: Page, text: string) => scroller(page).locator('[data-event]').filter({ hasText: text });

interface SeenRow {
  readonly id: string;
  readonly y: number;
  readonly text: string;
}

const element = `document.querySelector('[role=log][aria-label=Log]')`;

/** The rows that are seen whole, from the top, with where they are. */
export const seen = (page: Page) =>
  page.evaluate<SeenRow[]>(`(() => {
    const { top, bottom } = ${element}.getBoundingClientRect();
    return [...${element}.querySelectorAll('[data-event]')]
      .map((row) => ({ id: row.dataset.event, y: row.getBoundingClientRect().top, text: row.textContent }))
      .filter(({ y }) => y >= top + 28 && y + 24 <= bottom + 1)
      .sort((a, b) => a.y - b.y);
  })()`);

/** Waits until the newest row that is seen has this text. */
export const endsWith = (page: Page, text: string) =>
  eventually(async () => {
    const last = (await seen(page)).at(-1);
    if (!last?.text.includes(text)) throw new Error(`expected the last row to be ${text}, got ${last?.text}`);
  });

/**
 * Scrolls as fast as rows come, until this event was in the document; gives the ids of all that were, oldest first. Fails
 * when nothing comes any more.
 */
export const scrollTo = (page: Page, direction: 'up' | 'down', id: string) =>
  page.evaluate<string[]>(`(async () => {
    const [log, wanted, direction] = [${element}, ${JSON.stringify(id)}, ${direction === 'up' ? -1 : 1}];
    const ids = new Set();
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    for (let idle = 0; !ids.has(wanted); ) {
      const before = ids.size;
      const rows = [...log.querySelectorAll('[data-event]')];
      rows.sort((a, b) => direction * (parseFloat(a.style.top) - parseFloat(b.style.top)));
      for (const row of rows) ids.add(row.dataset.event);
      idle = ids.size > before ? 0 : idle + 1;
      if (idle > 2_000) throw new Error('expected rows, got none after ' + ids.size);
      log.scrollTop += direction * 240;
      await frame();
      await frame();
    }
    return direction < 0 ? [...ids].reverse() : [...ids];
  })()`);

/** Of each row in the document: its height in pixels, and whether all of its columns fit into it. */
export const extents = (page: Page) =>
  page.evaluate<[number, boolean][]>(
    `[...${element}.querySelectorAll('[data-event]')].map((row) => [row.offsetHeight, row.scrollWidth <= row.clientWidth])`,
  );

/** Pixels of the log's width, what is beyond its edge included. */
export const width = (page: Page) => page.evaluate<number>(`${element}.closest('section').scrollWidth`);

/** What the row with the focus says; null: no row has it. */
export const focusedRow = (page: Page): Promise<string | null> =>
  page.evaluate<string | null>('document.activeElement.closest("[data-event]")?.textContent ?? null');
