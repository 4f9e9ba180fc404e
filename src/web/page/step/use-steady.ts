import { useEffect, useState } from 'react';

/** A value that changes by the frame, renewed every `pause` ms at most: for what takes longer than a frame to make. */
export function useSteady(value: number, pause = 400): number {
  const [steady, setSteady] = useState(value);
  const isLate = steady !== value;
  const [newest] = useState({ value });
  newest.value = value;
  useEffect(() => {
    if (!isLate) return;
    const timer = setTimeout(() => setSteady(newest.value), pause);
    return () => clearTimeout(timer);
  }, [isLate, newest, pause]);
  return steady;
}
