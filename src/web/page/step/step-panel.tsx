import type { Cluster, Step } from 'stepcast/client';
import { useParameter } from '../address.js';
import { LogTab } from '../log/log-tab.js';
import { EarlierTab } from './earlier-tab.js';
import { FailuresTab } from './failures-tab.js';
import { UnitsTab } from './units-tab.js';

export interface StepProps {
  readonly cluster: Cluster;
  readonly step: Step;
}

const tabs = { units: UnitsTab, failures: FailuresTab, log: LogTab, earlier: EarlierTab } as const;

/** What is known of one step: one tab of it, as the address says (`?tab=`). */
export function StepPanel(props: StepProps) {
  const [tab] = useParameter('tab');
  const Tab = tabs[(tab ?? 'units') as keyof typeof tabs] ?? UnitsTab;
  return <Tab {...props} />;
}
