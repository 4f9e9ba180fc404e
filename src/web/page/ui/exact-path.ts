import { useEffect } from 'react';

let exactPath: string | null = null;

/** Says the path of exactly what is shown, while the address leaves something open, such as which step runs. */
export function useExactPath(path: string): void {
  useEffect(() => {
    exactPath = path;
    return () => {
      exactPath = null;
    };
  }, [path]);
}

/** The address of exactly what is shown: the same for whoever opens it, whenever they do. */
export const exactAddress = (): string => location.origin + (exactPath ?? location.pathname) + location.search;
