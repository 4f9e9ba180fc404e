import type pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import type { Config } from '../../src/config.js';
import {
  AddStepDocument,
  CancelOperationDocument,
  type CancelOperationInput,
  ClusterDocument,
  DeleteClusterDocument,
  type EventFieldsFragment,
  type EventFilter,
  type EventInput,
  EventsDocument,
  FinishOperationDocument,
  type FinishOperationInput,
  FinishStepDocument,
  type FinishStepInput,
  HeartbeatDocument,
  type OperationFieldsFragment,
  OperationsDocument,
  type PlannedStepInput,
  StartStepDocument,
  type StepFieldsFragment,
  UpdateStepDocument,
} from '../../src/generated/client.js';
import { createCluster, ok, report, startOperation } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { openPool } from '../support/database.js';

/** A server for the tests of a file, on a database of its own, and the verbs its tests speak. */
export function server(config: Partial<Config> = {}) {
  let app: TestApp;
  let database: pg.Pool;
  beforeAll(async () => {
    app = await startApp(config);
    database = openPool({ connectionString: app.databaseUrl });
  });
  afterAll(async () => {
    await database?.end();
    await app?.close();
  });
  return {
    get url() {
      return app.url;
    },
    get app() {
      return app;
    },
    rows: async <Row extends pg.QueryResultRow>(sql: string, ...values: unknown[]) =>
      (await database.query<Row>(sql, values)).rows,
    ...verbs(() => app.url),
  };
}

export type Server = ReturnType<typeof server>;

/** What a test does to a server, by the API alone. */
export function verbs(url: () => string) {
  return {
    /** A new cluster on which an operation of these steps runs. */
    async running(...steps: (string | PlannedStepInput)[]) {
      const cluster = await createCluster(url());
      const operation = await startOperation(url(), cluster.id, steps);
      return { clusterId: cluster.id, operationId: operation.id, stepIds: operation.steps.map(({ id }) => id) };
    },
    /** What became of the events: `RECORDED`, `DUPLICATE`, or why they were rejected. */
    async outcomes(...events: EventInput[]) {
      return (await report(url(), events)).results.map(({ outcome, code }) => code ?? outcome);
    },
    async startStep(stepId: string, total: number | null = null, ageMs = 0) {
      return present((await ok(url(), StartStepDocument, { input: { stepId, total, ageMs } })).startStep.step);
    },
    async updateStep(stepId: string, total: number) {
      return present((await ok(url(), UpdateStepDocument, { input: { stepId, total } })).updateStep.step);
    },
    async addStep(operationId: string, step: PlannedStepInput & { afterStepId?: string }) {
      return present((await ok(url(), AddStepDocument, { input: { operationId, ...step } })).addStep.step);
    },
    async finishStep(input: FinishStepInput) {
      return present((await ok(url(), FinishStepDocument, { input })).finishStep.step);
    },
    async finishOperation(input: FinishOperationInput) {
      return present((await ok(url(), FinishOperationDocument, { input })).finishOperation.operation);
    },
    async cancelOperation(input: CancelOperationInput) {
      return present((await ok(url(), CancelOperationDocument, { input })).cancelOperation.operation);
    },
    async heartbeat(operationId: string) {
      return (await ok(url(), HeartbeatDocument, { input: { operationId } })).heartbeat.leaseExpiresAt;
    },
    /** Newest first. */
    async operations(clusterId: string): Promise<OperationFieldsFragment[]> {
      return present((await ok(url(), OperationsDocument, { clusterId })).cluster).operations.nodes;
    },
    deleteCluster: (id: string) => ok(url(), DeleteClusterDocument, { input: { id } }),
    async cluster(id: string) {
      return present((await ok(url(), ClusterDocument, { id })).cluster);
    },
    async step(clusterId: string, position = 0): Promise<StepFieldsFragment> {
      return present((await ok(url(), ClusterDocument, { id: clusterId })).cluster?.provisioningProgress[position]);
    },
    async events(clusterId: string, filter: EventFilter = {}): Promise<EventFieldsFragment[]> {
      return present((await ok(url(), EventsDocument, { clusterId, first: 500, filter })).cluster).events.nodes;
    },
  };
}

/** Of a request that must be refused, what its only error says. */
export async function refusal(answer: Promise<{ errors?: readonly { message: string; extensions?: object }[] }>) {
  const { errors = [] } = await answer;
  const [error, ...others] = errors;
  if (!error || others.length > 0) throw new Error(`expected one error, got ${JSON.stringify(errors)}`);
  return `${(error.extensions as { code?: string } | undefined)?.code}: ${error.message}`;
}

export function present<T>(value: T | null | undefined): T {
  if (value == null) throw new Error(`expected something, got ${value}`);
  return value;
}

/** The only step of an operation of one. */
export const only = (ids: readonly string[]) => present(ids[0]);
