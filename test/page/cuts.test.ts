import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { reportInstances, runningStep } from '../client/fixture.js';
import { pipe } from '../client/pipe.js';
import { noBrowser } from '../support/browser.js';
import { eventually } from '../support/wait.js';
import { openPage, stage } from './fixture.js';
import { badge } from './shell-fixture.js';

describe.skipIf(noBrowser)(`a connection that is cut again and again${noBrowser ? ` (${noBrowser})` : ''}`, () => {
  const on = stage();

  async function cuttable(search = '') {
    const total = 400;
    const step = await runningStep(on.client, total);
    const way = await pipe(`${on.app.url}/graphql`);
    const place = `/clusters/${step.clusterId}/operations/${step.operationId}/steps/${step.stepId}${search}`;
    return { ...step, total, way, address: new URL(way.url).origin + place };
  }
  const shows = (page: Page, text: string | RegExp) => page.getByRole('main').getByText(text).first().waitFor();

  test('the page misses nothing: counts, units and the log are whole after twenty cuts', async () => {
    const { stepId, clusterId, total, way, address } = await cuttable('?tab=log');
    const { page } = await openPage(on.browser, address);
    await badge(page, /^live$/);
    const cuts = 20;
    for (let at = 0; at < cuts; at += 1) {
      await reportInstances(on.client, stepId, at * 10, 10);
      way.cut();
      await reportInstances(on.client, stepId, at * 10 + total / 2, 10);
      await shows(page, `${(at + 1) * 20} of ${total}`);
      await badge(page, /^live$/);
    }
    const { nodes } = await on.client.events({ clusterId, filter: { stepId }, last: 500 });
    const log = page.getByRole('log', { name: 'Log', exact: true });
    await log
      .getByRole('table')
      .and(page.locator(`[aria-rowcount="${total + 1}"]`))
      .waitFor();
    expect(nodes).toHaveLength(total);
    await page.getByRole('tab', { name: /^Units/ }).click();
    await page.getByRole('img', { name: `${total} done, 0 failed` }).waitFor();
  });

  test('a cut that is made good within two seconds goes without a word; a longer one does not', async () => {
    const { stepId, way, address } = await cuttable();
    const { page } = await openPage(on.browser, address, {}, (page) => page.clock.install());
    await badge(page, /^live$/);
    await page.clock.pauseAt((await page.evaluate<number>('Date.now()')) + 500);
    const said = await page.evaluateHandle<string[]>(`(() => {
      const said = [];
      const badge = document.querySelector('header [data-status]');
      new MutationObserver(() => said.push(badge.dataset.status))
        .observe(badge, { attributes: true, attributeFilter: ['data-status'] });
      return said;
    })()`);
    const soFar = () => said.evaluate((said) => [...new Set(said)]);
    await badge(page, /^live$/);
    await said.evaluate((said) => said.splice(0));
    for (const count of [1, 2, 3]) {
      way.cut();
      await reportInstances(on.client, stepId, count, 1);
      // Long enough for the next attempt, too short for a word.
      await eventually(async () => {
        await page.clock.runFor(20);
        expect(await page.getByRole('main').textContent()).toContain(`${count} of 400`);
      }, 50);
    }
    await page.clock.runFor(3_000);
    expect(await soFar()).toEqual([]);

    way.die();
    way.cut();
    await page.clock.runFor(10_000);
    await badge(page, /^no connection since/);
    way.revive();
    await eventually(async () => {
      await page.clock.runFor(200);
      expect(await page.locator('header [data-status]').getAttribute('data-status')).toBe('live');
    }, 50);
    expect(await soFar()).toContain('stale');
  });
});
