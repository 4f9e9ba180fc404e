import type { Plugin } from '../../domain/plugin.js';
import { date, type Time } from './rows.js';

export interface PluginRow {
  tenant_id: string;
  name: string;
  version: string | null;
  creating: string[];
  scaling: string[];
  deleting: string[];
  created_at: Time;
  updated_at: Time;
}

export const toPlugin = (row: PluginRow): Plugin => ({
  tenantId: row.tenant_id,
  name: row.name,
  version: row.version,
  provisioningSteps: { creating: row.creating, scaling: row.scaling, deleting: row.deleting },
  createdAt: date(row.created_at),
  updatedAt: date(row.updated_at),
});
