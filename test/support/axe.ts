import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

/**
 * What a page does that keeps people from using it, by axe-core's rules for WCAG 2.2 AA: one line for each rule that is
 * broken, with the first places. Only what is serious or critical.
 */
export async function axeFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>(
    `axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })`,
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, help, nodes }) =>
        `${id}: ${help}: ${nodes
          .slice(0, 3)
          .map(({ html, failureSummary }) => `${html} (${failureSummary})`)
          .join(', ')}`,
    );
}
