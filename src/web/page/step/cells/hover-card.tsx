import { useEffect, useState } from 'react';
import type { Step, StepUnit } from 'stepcast/client';
import { client } from '../../live/client.js';
import { useStore } from '../../live/store.js';
import type { UnitName } from '../../live/unit-board.js';
import type { LiveUnits } from '../../live/units.js';
import { LookIcon } from '../../ui/icon.js';
import { shown } from '../../ui/text.js';
import { Time } from '../../ui/time.js';
import { inFigures, many, nameOf, stateLooks, stateWords } from '../unit-words.js';
import type { Pointed } from './cell-view.js';
import styles from './cells.module.css';

/** Milliseconds that the pointer rests before more is asked for. */
const rest = 150;

/** What a cell under the pointer stands for. */
export function HoverCard({ pointed, units, step }: { pointed: Pointed; units: LiveUnits; step: Step }) {
  const { x, y, side } = pointed;
  const [index = -1] = pointed.units;
  const state = useStore(units.store, () => units.board.stateOf(index));
  const name = units.board.units[index] ?? undefined;
  const details = useDetails(step.id, name, state);
  if (!name) return null;
  return (
    <>
      <span className={styles.outline} style={{ left: x, top: y, width: side, height: side }} />
      <div className={styles.card} style={{ top: y + side + 6, left: `min(${x}px, max(0px, 100% - 22rem))` }}>
        <p dir="auto">
          <strong>{nameOf(name)}</strong>
          {name.nodeGroupId && <span className="muted"> {shown(name.nodeGroupId)}</span>}
        </p>
        <p>
          <LookIcon look={stateLooks[state]} /> {stateWords[state]}
          {details && (
            <>
              , <Time at={details.lastReportAt} isRelative isFocusable={false} />
              {details.reports > 1 && `, attempt ${inFigures(details.reports)}`}
            </>
          )}
        </p>
        {pointed.units.length > 1 && <p>and {many(pointed.units.length - 1, 'unit')} more</p>}
      </div>
    </>
  );
}

/** What a unit has reported, once the pointer rests on it. */
function useDetails(stepId: string, name: UnitName | undefined, state: number): StepUnit | null {
  const [details, setDetails] = useState<StepUnit | null>(null);
  const text = name?.instanceName ?? name?.instanceId;
  const key = name?.key;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another state has other details.
  useEffect(() => {
    if (!text) return;
    let isWanted = true;
    const timer = setTimeout(async () => {
      const filter = { state: null, nodeGroupId: null, text };
      const page = await client.units({ stepId, filter, first: 50 }).catch(() => null);
      if (isWanted) setDetails(page?.nodes.find((unit) => unit.key === key) ?? null);
    }, rest);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [stepId, key, text, state]);
  return details;
}
