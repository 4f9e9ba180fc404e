// biome-ignore-all lint/a11y/useSemanticElements: rows that are not in view are not there, which tables cannot lay out.
// biome-ignore-all lint/a11y/useFocusableInteractive: rows of a table, unlike those of a grid, are not operated.
import { useMemo, useState } from 'react';
import type { Step, StepUnit } from 'stepcast/client';
import { WindowVirtualizer } from 'virtua';
import { useStore } from '../live/store.js';
import type { UnitBoard } from '../live/unit-board.js';
import { UnitDetails } from '../live/unit-details.js';
import type { LiveUnits } from '../live/units.js';
import { useLive } from '../live/use-live.js';
import { gist } from '../ui/gist.js';
import { LookIcon } from '../ui/icon.js';
import { shown } from '../ui/text.js';
import { Time } from '../ui/time.js';
import { sorted } from './cells/layout.js';
import { UnitLink } from './unit-link.js';
import styles from './unit-table.module.css';
import { addressOfUnit, inFigures, many, nameOf, stateLooks, stateWords } from './unit-words.js';
import { useAgain } from './use-again.js';
import { useSteady } from './use-steady.js';

const openDetails = (stepId: string) => new UnitDetails(stepId);

type Order = 'name' | 'waiting';

/** Every unit in a row: the same as the cells, and what each has reported. */
export function UnitTable({ units, step }: { units: LiveUnits; step: Step }) {
  const details = useLive(openDetails, step.id);
  useAgain(details, step.updatedAt);
  return details && <Rows units={units} details={details} step={step} />;
}

function Rows({ units, details, step }: { units: LiveUnits; details: UnitDetails; step: Step }) {
  const [order, setOrder] = useState<Order>('name');
  const [text, setText] = useState('');
  const version = useSteady(useStore(units.store, ({ version }) => version));
  const byKey = useStore(details.reading.store, ({ answer }) => answer);
  const { board } = units;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the board changes with its version.
  const rows = useMemo(() => rowsOf(board, order, text, byKey), [board, version, order, text, byKey]);
  return (
    <div>
      <div className={`bar ${styles.tools}`}>
        <label className="visually-hidden" htmlFor="unit-filter">
          Only units whose name or node group contains
        </label>
        <input
          id="unit-filter"
          className="field"
          type="search"
          placeholder="Name or node group"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <label>
          Order{' '}
          <select className="field" value={order} onChange={(event) => setOrder(event.target.value as Order)}>
            <option value="name">by name</option>
            <option value="waiting">waiting longest first</option>
          </select>
        </label>
        <output className="muted">{many(rows.length, 'unit')}</output>
      </div>
      <div
        role="table"
        aria-label={`Units of ${shown(step.stepName)}`}
        aria-rowcount={rows.length + 1}
        className={styles.table}
      >
        <div role="rowgroup">
          <div role="row" aria-rowindex={1} className={`${styles.row} ${styles.headings}`}>
            {['Unit', 'Node group', 'State', 'Last report', 'Attempts', 'Last failure'].map((heading) => (
              <span key={heading} role="columnheader">
                {heading}
              </span>
            ))}
          </div>
        </div>
        <div role="rowgroup">
          <WindowVirtualizer>
            {rows.map((index, at) => (
              <Row key={index} board={board} index={index} at={at} details={byKey} state={board.stateOf(index)} />
            ))}
          </WindowVirtualizer>
        </div>
      </div>
    </div>
  );
}

type Details = ReadonlyMap<string, StepUnit> | null;

interface RowProps {
  readonly board: UnitBoard;
  readonly index: number;
  readonly at: number;
  readonly details: Details;
  readonly state: keyof typeof stateWords;
}

function Row({ board, index, at, details, state }: RowProps) {
  const name = board.units[index];
  if (!name) return null;
  const unit = details?.get(name.key);
  const address = addressOfUnit(name);
  const words = nameOf(name);
  return (
    <div role="row" aria-rowindex={at + 2} className={styles.row} data-unit={name.key}>
      <span role="rowheader" className={styles.name}>
        {address ? <UnitLink unit={address}>{words}</UnitLink> : words}
      </span>
      <span role="cell" dir="auto" className={styles.group}>
        {shown(name.nodeGroupId ?? '')}
      </span>
      <span role="cell">
        <LookIcon look={stateLooks[state]} /> {stateWords[state]}
      </span>
      <span role="cell">{unit && <Time at={unit.lastReportAt} isRelative isFocusable={false} />}</span>
      <span role="cell" className="number">
        {unit && inFigures(unit.reports)}
      </span>
      <span role="cell" dir="auto" className={styles.why} title={gist(unit?.lastFailure?.eventInfo) || undefined}>
        {gist(unit?.lastFailure?.eventInfo)}
      </span>
    </div>
  );
}

/** The indexes of the units that are shown, in their order. */
function rowsOf(board: UnitBoard, order: Order, text: string, details: Details): number[] {
  const wanted = text.trim().toLowerCase();
  const rows = sorted(board.units).filter((index) => {
    const name = board.units[index];
    if (!name || board.stateOf(index) === 0) return false;
    if (!wanted) return true;
    const said = `${name.nodeGroupId ?? ''} ${name.instanceName ?? ''} ${name.instanceId ?? ''}`;
    return said.toLowerCase().includes(wanted);
  });
  if (order === 'name') return rows;
  const last = (index: number) => details?.get(board.units[index]?.key ?? '')?.lastReportAt ?? '';
  const isOpen = (index: number) => (board.stateOf(index) === 2 ? 0 : 1);
  return rows.sort((a, b) => isOpen(a) - isOpen(b) || (last(a) < last(b) ? -1 : last(a) > last(b) ? 1 : 0));
}
