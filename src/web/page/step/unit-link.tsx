import type { ReactNode } from 'react';
import { useParameter } from '../address.js';

/** Opens the panel of a unit, by its name or id. */
export function UnitLink({ unit, children }: { unit: string; children: ReactNode }) {
  const [open, setOpen] = useParameter('unit');
  return (
    <button
      type="button"
      className="link-button"
      dir="auto"
      aria-expanded={open === unit}
      aria-haspopup="dialog"
      onClick={() => setOpen(unit)}
    >
      {children}
    </button>
  );
}
