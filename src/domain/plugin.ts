import type { PlannedStep, StepType } from './step.js';

/** The name under which steps common to all clusters are declared, and the source of infrastructure code's steps. */
export const infra = 'infra';

/** The specification's dictionary: step names by step type. */
export interface ProvisioningSteps {
  readonly creating: readonly string[];
  readonly scaling: readonly string[];
  readonly deleting: readonly string[];
}

export interface Plugin {
  readonly tenantId: string;
  readonly name: string;
  readonly version: string | null;
  readonly provisioningSteps: ProvisioningSteps;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** O1: infra's declared steps for the type, then the plugin's. */
export function plan(type: StepType, declared: readonly (Plugin | undefined)[]): Omit<PlannedStep, 'id'>[] {
  const key = type.toLowerCase() as Lowercase<StepType>;
  return declared.flatMap((plugin) =>
    (plugin?.provisioningSteps[key] ?? []).map((stepName) => ({
      stepName,
      total: null,
      source: plugin?.name ?? infra,
    })),
  );
}
