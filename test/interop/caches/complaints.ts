import { afterEach, beforeEach, expect, vi } from 'vitest';

/** Whatever a library writes to the console, such as "Cache data may be lost", fails the test. */
export function allowNoComplaints(): void {
  const complaints: unknown[][] = [];
  beforeEach(() => {
    complaints.length = 0;
    for (const method of ['error', 'warn', 'info', 'log'] as const)
      vi.spyOn(console, method).mockImplementation((...words) => void complaints.push(words));
  });
  afterEach(() => {
    vi.restoreAllMocks();
    expect(complaints).toEqual([]);
  });
}
