import { type PointerEvent, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import type { Operation, Step } from 'stepcast/client';
import { useParameter } from '../../address.js';
import { useStore } from '../../live/store.js';
import type { LiveUnits } from '../../live/units.js';
import { addressOfUnit, cellsInWords, missingWords, notReported } from '../unit-words.js';
import { CellView, type Pointed } from './cell-view.js';
import styles from './cells.module.css';
import { HoverCard } from './hover-card.js';
import { Legend } from './legend.js';

export interface CellsProps {
  readonly units: LiveUnits;
  readonly step: Step;
  readonly operation?: Operation | undefined;
}

/** Every unit as a cell of a canvas. Who cannot point at one has the table. */
export function Cells({ units, step, operation }: CellsProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const view = useRef<CellView | null>(null);
  const hint = useId();
  const [, openUnit] = useParameter('unit');
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const missing = notReported(step) ?? 0;
  const wordsOfMissing = missingWords(step, operation);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the view is told of another number below.
  useEffect(() => {
    if (!canvas.current) return;
    const made = new CellView(canvas.current, units, missing, wordsOfMissing);
    view.current = made;
    return () => made.close();
  }, [units, wordsOfMissing]);
  // With the words, so that they never say another number than is drawn.
  useLayoutEffect(() => {
    if (view.current) view.current.missing = missing;
  }, [missing]);
  const at = ({ nativeEvent }: PointerEvent | React.MouseEvent) =>
    view.current?.at(nativeEvent.offsetX, nativeEvent.offsetY) ?? null;
  const move = (event: PointerEvent) => {
    const next = at(event);
    if (next?.units[0] !== pointed?.units[0]) setPointed(next);
  };
  const open = (event: React.MouseEvent) => {
    const index = at(event)?.units[0];
    const name = index === undefined ? undefined : units.board.units[index];
    const address = name && addressOfUnit(name);
    if (address) openUnit(address);
  };
  const [, setOrdered] = useState(0);
  const putInOrder = () => {
    view.current?.putInOrder();
    setOrdered((times) => times + 1);
  };
  const words = useStore(units.store, () => cellsInWords(units.board, step, operation));
  return (
    <figure className={styles.figure}>
      <div className={styles.cells}>
        <canvas
          ref={canvas}
          role="img"
          aria-label={words}
          aria-describedby={hint}
          className={pointed ? styles.pointed : undefined}
          onPointerMove={move}
          onPointerLeave={() => setPointed(null)}
          onClick={open}
        />
        {pointed && <HoverCard key={pointed.units[0]} pointed={pointed} units={units} step={step} />}
      </div>
      <figcaption id={hint} className={styles.caption}>
        <Legend
          units={units.board.count + missing}
          hasReplaced={units.board.counts[3] > 0}
          missing={missing > 0 ? wordsOfMissing : null}
        />
        {view.current?.isContinued && (
          <button type="button" className="link-button" onClick={putInOrder}>
            Put what came later in its place
          </button>
        )}
        <span>
          The table (key <kbd>u</kbd>) shows the same in words.
        </span>
      </figcaption>
    </figure>
  );
}
