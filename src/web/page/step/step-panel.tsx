import { useState } from 'react';
import type { Step } from 'stepcast/client';
import { useParameter } from '../address.js';
import { type Failures, readFailures } from '../live/failures.js';
import { useStore } from '../live/store.js';
import { useLive } from '../live/use-live.js';
import { LogTab } from '../log/log-tab.js';
import { Tabs } from '../ui/tabs.js';
import { EarlierTab } from './earlier-tab.js';
import { FailuresTab } from './failures-tab.js';
import type { StepProps } from './step-props.js';
import { UnitSheet } from './unit-sheet.js';
import { inFigures, many } from './unit-words.js';
import { UnitsTab } from './units-tab.js';
import { useAgain } from './use-again.js';

/** What is known of one step: one tab of it, as the address says (`?tab=`), and of one unit (`?unit=`). */
export const StepPanel = (props: StepProps) => <OfStep key={props.step.id} {...props} />;

function OfStep(props: StepProps) {
  const { cluster, step } = props;
  const [unit, setUnit] = useParameter('unit');
  // What is shown first stays, whatever happens to the step while somebody reads.
  const [first] = useState(step.failed > 0 ? 'failures' : 'units');
  const reading = useLive((stepId) => readFailures(cluster.id, stepId), step.id);
  useAgain(reading, `${step.state} ${step.failed} ${step.failed > 0 ? step.updatedAt : ''}`);
  const tabs = [
    {
      value: 'units',
      label: 'Units',
      count: unitCount(step),
      panel: <UnitsTab {...props} />,
    },
    {
      value: 'failures',
      label: 'Failures',
      count: reading ? <CauseCount reading={reading} /> : unknownCount,
      panel: reading && <FailuresTab {...props} reading={reading} />,
    },
    { value: 'log', label: 'Log', panel: <LogTab cluster={cluster} step={step} /> },
    { value: 'earlier', label: 'Earlier runs', panel: <EarlierTab {...props} /> },
  ];
  return (
    <>
      <Tabs name="tab" label={`About the step ${step.stepName}`} tabs={tabs} initial={first} />
      {unit !== null && <UnitSheet {...props} unit={unit} onClose={() => setUnit(null)} />}
    </>
  );
}

function unitCount({ completed, failed, total }: Step): string {
  return inFigures(total ?? completed + failed);
}

/** As wide as a figure: the tabs behind it are not to move away from a pointer when the count comes. */
const unknownCount = '\u2007';

type FailuresReading = ReturnType<typeof readFailures>;

function CauseCount({ reading }: { reading: FailuresReading }) {
  const answer = useStore<{ answer: Failures | null }, Failures | null>(reading.store, ({ answer }) => answer);
  if (!answer) return unknownCount;
  return answer.groups.length === 0 ? '0' : many(answer.groups.length, 'cause');
}
