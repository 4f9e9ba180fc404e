import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { reportInstances, runningStep } from '../client/fixture.js';
import { openPage, stage } from '../page/fixture.js';
import { badge } from '../page/shell-fixture.js';
import { noBrowser } from '../support/browser.js';

/** What a page holds once what nobody needs any more is gone. */
async function gauge(page: Page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  return async () => {
    // What was freed by the first may free more.
    for (let time = 0; time < 3; time += 1) await session.send('HeapProfiler.collectGarbage');
    const { nodes, jsEventListeners: listeners, documents } = await session.send('Memory.getDOMCounters');
    const { metrics } = await session.send('Performance.getMetrics');
    const heap = metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? 0;
    return { nodes, listeners, documents, heap };
  };
}

/** A number as the page may group it: with whatever stands between thousands. */
const grouped = (count: number) => String(count).replace(/\B(?=(\d{3})+$)/g, '\\D?');

describe.skipIf(noBrowser)(`a page that is open for long${noBrowser ? ` (${noBrowser})` : ''}`, () => {
  const on = stage();

  test('holds no more after two hundred changes of view and thousands of changes of a cluster', async () => {
    const total = 10_000;
    const { clusterId, operationId, stepId } = await runningStep(on.client, total);
    const { page, complaints } = await openPage(on.browser, on.app.url);
    const step = `/clusters/${clusterId}/operations/${operationId}/steps/${stepId}`;
    const views = [`/clusters/${clusterId}`, `${step}?tab=units&view=cells`, `${step}?tab=log`, '/errors', '/'];
    let reported = 0;
    const round = async (changes: number) => {
      for (const view of views) {
        await page.evaluate(`history.pushState(null, '', ${JSON.stringify(view)})`);
        const heading = view === '/' ? 'Clusters' : view === '/errors' ? 'Look up an error id' : 'demo';
        await page.getByRole('heading', { level: 1, name: heading }).waitFor();
        await reportInstances(on.client, stepId, reported, changes);
        reported += changes;
        const main = page.getByRole('main');
        if (heading === 'demo')
          await main
            .getByText(new RegExp(`\\b${grouped(reported)} of ${grouped(total)}`))
            .first()
            .waitFor();
        if (view.endsWith('log')) await page.getByRole('log').locator('[data-event]').first().waitFor();
      }
      await badge(page, /^live$/);
    };
    const measure = await gauge(page);
    for (let rounds = 0; rounds < 5; rounds += 1) await round(40);
    const before = await measure();
    for (let rounds = 0; rounds < 40; rounds += 1) await round(20);
    const after = await measure();
    expect(reported).toBe(5_000);
    expect(after.documents).toBeLessThanOrEqual(before.documents);
    expect(after.nodes).toBeLessThan(before.nodes * 1.1 + 50);
    expect(after.listeners).toBeLessThan(before.listeners * 1.1 + 10);
    // 4,000 of anything that was kept would be more.
    expect(after.heap - before.heap).toBeLessThan(1_500_000);
    expect(complaints).toEqual([]);
  });
});
