import { useEffect, useRef } from 'react';

/** Has something read again whenever `stamp` is another one than when it was opened. */
export function useAgain(reading: { again(): void } | null, stamp: string): void {
  const seen = useRef<{ reading: unknown; stamp: string } | null>(null);
  useEffect(() => {
    const before = seen.current;
    seen.current = { reading, stamp };
    if (reading && before?.reading === reading && before.stamp !== stamp) reading.again();
  }, [reading, stamp]);
}
