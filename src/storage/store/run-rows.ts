import type { StepRun } from '../../domain/estimate/run.js';
import type { StepType } from '../../domain/step.js';

export interface RunRow {
  tenant_id: string;
  step_id: string;
  plugin_name: string;
  step_type: StepType;
  step_name: string;
  operation_id: string;
  cluster_id: string;
  total: number | null;
  successful: boolean;
  started_at: Date;
  ended_at: Date;
  duration: number;
  first_at: number | null;
  early_gap: number;
  longest_gap: number;
  times: number[];
}

export const toRun = (row: RunRow): StepRun => ({
  tenantId: row.tenant_id,
  stepId: row.step_id,
  pluginName: row.plugin_name,
  stepType: row.step_type,
  stepName: row.step_name,
  operationId: row.operation_id,
  clusterId: row.cluster_id,
  total: row.total,
  successful: row.successful,
  startedAt: row.started_at,
  endedAt: row.ended_at,
  duration: row.duration,
  firstAt: row.first_at,
  earlyGap: row.early_gap,
  longestGap: row.longest_gap,
  times: row.times,
});
