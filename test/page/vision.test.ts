import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noBrowser } from '../support/browser.js';
import { contrast, pattern, photographer } from '../support/pixels.js';
import { openPage, stage } from './fixture.js';
import { report } from './log-fixture.js';

const deficiencies = ['achromatopsia', 'deuteranopia', 'protanopia', 'tritanopia'] as const;

async function see(page: Page, type: (typeof deficiencies)[number]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setEmulatedVisionDeficiency', { type });
}

/** The icons of states: which state, their shape, and the words of the row that they are in. */
const icons = (page: Page) =>
  page.evaluate<{ look: string; shape: string; words: string }[]>(`[...document.querySelectorAll('main svg.look')]
    .filter((icon) => icon.checkVisibility())
    .map((icon) => ({
      look: [...icon.classList].find((name) => name.startsWith('look-')),
      shape: icon.innerHTML,
      words: (icon.ariaLabel ?? '') + (icon.closest('tr, [role=row], li, p, h1, header, div')?.textContent ?? ''),
    }))`);

describe.skipIf(noBrowser)(`without colours${noBrowser ? ` (${noBrowser})` : ''}`, () => {
  const on = stage();
  let camera: Awaited<ReturnType<typeof photographer>>;
  const at = { list: '/', running: '', stopped: '', cells: '' };

  beforeAll(async () => {
    if (noBrowser) return;
    camera = await photographer(on.browser);
    const begin = async (name: string, totals: number[]) => {
      const { id } = await on.client.createCluster({ name });
      const steps = totals.map((total, index) => ({ stepName: `step ${index + 1}`, total }));
      const operation = await on.client.startOperation({ clusterId: id, type: 'CREATING', steps });
      if (!operation) throw new Error('expected an operation, got none: the event log is off');
      const { steps: begun = [] } = (await on.client.operation(operation.id)) ?? {};
      const work = async (index: number, outcomes: boolean[]) => {
        const stepId = begun[index]?.id ?? '';
        await on.client.startStep({ stepId });
        const events = outcomes.map((successful, unit) => ({
          successful,
          instanceName: `node-${unit}`,
          ...(!successful && { eventInfo: 'QuotaError: quota exceeded' }),
        }));
        await report(on.client, stepId, events);
      };
      return { id, operationId: operation.id, stepId: begun[1]?.id ?? '', work };
    };
    const running = await begin('running', [2, 2, 2]);
    await running.work(0, [true, true]);
    await running.work(1, [true]);
    const failing = await begin('failing', [2, 30, 2]);
    await failing.work(0, [true, true]);
    await failing.work(1, [true, false, true]);
    const stopped = await begin('stopped', [1, 2, 2]);
    await stopped.work(0, [true]);
    await stopped.work(1, [true, false]);
    await on.client.finishOperation({ operationId: stopped.operationId, successful: false });
    const cancelled = await begin('cancelled', [1, 2]);
    await cancelled.work(0, [true]);
    await cancelled.work(1, [true]);
    await on.client.cancelOperation({ operationId: cancelled.operationId });
    const done = await begin('done', [1]);
    await done.work(0, [true]);
    at.running = `/clusters/${running.id}`;
    at.stopped = `/clusters/${stopped.id}`;
    at.cells = `/clusters/${failing.id}/operations/${failing.operationId}/steps/${failing.stepId}?tab=units&view=cells`;
  });
  afterAll(() => camera?.close());

  const open = async (path: string, colorScheme: 'light' | 'dark') => {
    const { page } = await openPage(on.browser, on.app.url + path, { colorScheme, reducedMotion: 'reduce' });
    await page.locator('main svg.look').first().waitFor();
    return page;
  };

  test('each state has a shape and words of its own', async () => {
    const all: Awaited<ReturnType<typeof icons>> = [];
    for (const path of [at.list, at.running, at.stopped]) all.push(...(await icons(await open(path, 'light'))));
    const shapes = new Map(all.map(({ look, shape }) => [look, shape]));
    expect([...shapes.keys()]).toEqual(
      expect.arrayContaining(
        ['running', 'failing', 'failed', 'succeeded', 'planned', 'skipped'].map((look) => `look-${look}`),
      ),
    );
    expect(new Set(shapes.values()).size).toBe(shapes.size);
    expect(all.filter(({ shape, look }) => shapes.get(look) !== shape)).toEqual([]);
    expect(all.filter(({ words }) => words.trim() === '')).toEqual([]);
  });

  test.each(['light', 'dark'] as const)(
    '%s: icons stand out from their ground by 3:1, however colours are seen',
    async (scheme) => {
      for (const path of [at.list, at.running, at.stopped]) {
        const page = await open(path, scheme);
        for (const type of deficiencies) {
          await see(page, type);
          for (const icon of await visible(page.locator('main svg.look'))) {
            const picture = await camera.take(icon);
            const look = await icon.getAttribute('class');
            expect([path, type, look, contrast(picture) >= 3]).toEqual([path, type, look, true]);
            const isGrey = picture.pixels.every(
              ([red, green, blue]) => Math.max(red, green, blue) - Math.min(red, green, blue) <= 2,
            );
            // That colours are taken away at all is seen where none are left.
            if (type === 'achromatopsia') expect([path, look, isGrey]).toEqual([path, look, true]);
          }
        }
      }
    },
  );

  test.each(['light', 'dark'] as const)(
    '%s: cells of units that stand otherwise have other patterns',
    async (scheme) => {
      const page = await open(at.cells, scheme);
      await see(page, 'achromatopsia');
      const key = page.getByRole('main').locator('[class*="_sample_"]');
      await key.first().waitFor();
      const samples = await visible(key);
      const patterns = await Promise.all(samples.map(async (sample) => pattern(await camera.take(sample))));
      expect(patterns.length).toBeGreaterThan(1);
      expect(new Set(patterns).size).toBe(patterns.length);
    },
  );
});

/** Those of the elements that are in the document's view or can be scrolled there. */
async function visible(elements: Locator): Promise<Locator[]> {
  const all = await elements.all();
  const seen = await Promise.all(all.map((element) => element.isVisible()));
  return all.filter((_, index) => seen[index]);
}
