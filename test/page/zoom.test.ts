import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { noBrowser } from '../support/browser.js';
import { eventually } from '../support/wait.js';
import { openPage, stage } from './fixture.js';
import { begun, report } from './log-fixture.js';

/** A window of 1280 by 800 as it is laid out at this zoom: fewer pixels of CSS, each larger. */
const zoomed = (times: number) => ({
  viewport: { width: 1280 / times, height: 800 / times },
  deviceScaleFactor: times,
});

/** What reaches beyond the right edge and is not in a part that scrolls by itself, or is cut with an ellipsis. */
const beyondEdge = `(() => {
  const scrolls = (element) => {
    for (let at = element; at && at !== document.body; at = at.parentElement)
      if (getComputedStyle(at).overflowX !== 'visible') return true;
    return false;
  };
  return [...document.body.querySelectorAll('*')]
    .filter((element) => element.checkVisibility() && element.getBoundingClientRect().width > 1)
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && !scrolls(element))
    .map((element) => element.outerHTML.slice(0, 120));
})()`;

interface Focused {
  readonly name: string;
  /** Whether it is within the window, and nothing lies above its middle. */
  readonly isSeen: boolean;
}

const focused = (page: Page) =>
  page.evaluate<Focused | null>(`(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    const { left, top, width, height } = element.getBoundingClientRect();
    const [x, y] = [left + Math.min(width, innerWidth) / 2, top + Math.min(height, innerHeight - top) / 2];
    const found = document.elementFromPoint(x, y);
    const name = (element.ariaLabel ?? element.textContent ?? '').trim().slice(0, 60) || element.outerHTML.slice(0, 120);
    return { name, isSeen: found !== null && (element.contains(found) || found.contains(element)) };
  })()`);

describe.skipIf(noBrowser)(`a page that is enlarged${noBrowser ? ` (${noBrowser})` : ''}`, () => {
  const on = stage();

  async function places(): Promise<{ path: string; heading: string }[]> {
    const step = await begun(on.client, 40);
    await report(on.client, step.id, [
      { instanceName: 'worker-1' },
      { instanceName: 'worker-2', successful: false, errorId: 'enlarged', eventInfo: 'QuotaError: quota exceeded' },
    ]);
    const path = `/clusters/${step.clusterId}/operations/${step.operationId}/steps/${step.id}`;
    return [
      { path: '/', heading: 'Clusters' },
      ...['units', 'failures', 'log', 'earlier'].map((tab) => ({ path: `${path}?tab=${tab}`, heading: 'small' })),
      { path: '/errors', heading: 'Look up an error id' },
      { path: '/errors/none', heading: 'No failure has this error id' },
    ];
  }

  test.each([
    ['200 %', 2],
    ['400 %', 4],
  ])('to %s: nothing is cut, it scrolls one way only, and keys reach everything where it is seen', async (_, times) => {
    for (const { path, heading } of await places()) {
      const { page, complaints } = await openPage(on.browser, on.app.url + path, zoomed(times));
      await page.getByRole('heading', { level: 1, name: heading }).waitFor();
      await eventually(async () =>
        expect([path, await page.evaluate('document.documentElement.scrollWidth <= innerWidth')]).toEqual([path, true]),
      );
      expect([path, await page.evaluate(beyondEdge)]).toEqual([path, []]);
      const reached: Focused[] = [];
      for (let at = 0; at < 80; at += 1) {
        await page.keyboard.press('Tab');
        const now = await focused(page);
        if (!now) break;
        reached.push(now);
      }
      expect([path, reached.filter(({ isSeen }) => !isSeen)]).toEqual([path, []]);
      expect(reached.map(({ name }) => name)).toEqual(expect.arrayContaining(['Skip to content', 'Keys and settings']));
      expect(complaints).toEqual([]);
    }
  });
});
