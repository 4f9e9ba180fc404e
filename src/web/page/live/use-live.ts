import { useEffect, useState } from 'react';

/** Something that follows the server until it is closed. */
export interface Live {
  close(): void;
}

/**
 * Opens what a view follows when it is first shown and whenever `key` is another one, and closes it with the view. Null
 * until it is open.
 */
export function useLive<Followed extends Live>(open: (key: string) => Followed, key: string): Followed | null {
  const [live, setLive] = useState<{ key: string; followed: Followed } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `open` is a constructor in all but name.
  useEffect(() => {
    const followed = open(key);
    setLive({ key, followed });
    return () => followed.close();
  }, [key]);
  return live?.key === key ? live.followed : null;
}
