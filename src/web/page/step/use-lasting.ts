import { useEffect, useState } from 'react';

/** Milliseconds after which something is no coincidence of two messages that come one after the other. */
const lasting = 3_000;

/** Whether something has held for a while, or held from the beginning if `atOnce`. */
export function useLasting(holds: boolean, atOnce = false): boolean {
  const [lasts, setLasts] = useState(holds && atOnce);
  useEffect(() => {
    if (!holds) {
      setLasts(false);
      return;
    }
    const timer = setTimeout(() => setLasts(true), lasting);
    return () => clearTimeout(timer);
  }, [holds]);
  return holds && lasts;
}
