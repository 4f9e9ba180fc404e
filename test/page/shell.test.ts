import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient, reportInstances, runningStep } from '../client/fixture.js';
import { startApp, type TestApp } from '../support/app.js';
import { axeFaults } from '../support/axe.js';
import { noBrowser, openBrowser } from '../support/browser.js';
import { eventually } from '../support/wait.js';
import { openPage } from './fixture.js';
import { badge, documentHas } from './shell-fixture.js';

describe.skipIf(noBrowser)(`the shell of the page${noBrowser ? ` (${noBrowser})` : ''}`, () => {
  let app: TestApp;
  let browser: Browser;
  let clusterId: string;
  beforeAll(async () => {
    [app, browser] = await Promise.all([startApp(), openBrowser()]);
    const client = createClient({ url: `${app.url}/graphql` });
    const step = await runningStep(client, 4);
    clusterId = step.clusterId;
    await reportInstances(client, step.stepId, 0, 1);
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
  });

  test('no view breaks the policy, or complains', async () => {
    const { page, complaints } = await openPage(browser, app.url);
    for (const path of ['/', `/clusters/${clusterId}`, '/errors/none', '/clusters/none', '/clusters/none/else']) {
      await page.goto(app.url + path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await badge(page, /^live$/);
    }
    expect(complaints).toEqual([]);
  });

  test("the specification's address leads to the cluster", async () => {
    const { page } = await openPage(browser, `${app.url}/data_processing/clusters/${clusterId}?tab=log`);
    await page.getByRole('heading', { level: 1, name: 'demo' }).waitFor();
    expect(page.url()).toBe(`${app.url}/clusters/${clusterId}?tab=log`);
  });

  test('an address that is none says so, and where to go', async () => {
    const { page } = await openPage(browser, `${app.url}/clusters/a/b/%E2%80%AE%3Cscript%3E`);
    await page.getByRole('heading', { name: 'There is nothing at this address' }).waitFor();
    await page.getByRole('main').getByRole('link', { name: 'All clusters' }).click();
    await page.getByRole('heading', { level: 1, name: 'Clusters' }).waitFor();
  });

  test('an address that the server does not know is the page, which says so', async () => {
    for (const path of ['/foo', '/graphiql/x']) {
      const { page, complaints } = await openPage(browser, app.url + path);
      await page.getByRole('heading', { name: 'There is nothing at this address' }).waitFor();
      expect(await axeFaults(page)).toEqual([]);
      // A browser may itself tell of the answer's status.
      expect(complaints.filter((complaint) => !complaint.includes('404 (Not Found)'))).toEqual([]);
    }
  });

  test('a change of view moves the focus to its heading; the breadcrumb leads back', async () => {
    const { page } = await openPage(browser, app.url);
    await page.getByRole('main').getByRole('link', { name: 'demo' }).click();
    await page.getByRole('navigation', { name: 'Breadcrumb' }).getByText('demo').waitFor();
    const focused = () =>
      page.evaluate<string>('document.activeElement.tagName + " " + document.activeElement.textContent');
    await eventually(async () => expect(await focused()).toBe('H1 demo'));
    await page.keyboard.press('g');
    await page.keyboard.press('l');
    await eventually(async () => expect(await focused()).toBe('H1 Clusters'));
    expect(new URL(page.url()).pathname).toBe('/');
  });

  test('times are in the zone of the viewer, or in UTC, and it stays so', async () => {
    const { page } = await openPage(browser, app.url, { timezoneId: 'Asia/Kolkata' });
    const time = page.getByRole('main').locator('time').first();
    const at = Date.parse((await time.getAttribute('datetime')) as string);
    const clock = (ms: number) => new Date(ms).toISOString().slice(11, 23);
    await time.hover();
    const tooltip = page.getByRole('tooltip');
    await tooltip.waitFor();
    expect(await tooltip.textContent()).toContain(`${clock(at + 5.5 * 3_600_000)} Asia/Calcutta`);
    expect(await tooltip.textContent()).toContain(`${clock(at)} UTC`);
    await page.keyboard.press('Escape');
    await tooltip.waitFor({ state: 'hidden' });

    await page.getByRole('button', { name: 'Times are in the local zone' }).waitFor();
    await page.keyboard.press('t');
    await page.getByRole('button', { name: 'Times are in UTC' }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Times are in UTC' }).waitFor();
  });

  test('colours are those of the system until others are chosen, also where nothing can be kept', async () => {
    const refuse = `Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('refused', 'SecurityError'); } })`;
    for (const prepare of [undefined, refuse]) {
      const { page, complaints } = await openPage(browser, app.url, { colorScheme: 'dark' }, async (page) => {
        if (prepare) await page.addInitScript(prepare);
      });
      const ground = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect([await ground(), await documentHas(page, 'data-theme')]).toEqual(['rgb(14, 17, 22)', null]);
      await page.getByRole('button', { name: 'Colours: as the system' }).click();
      expect([await ground(), await documentHas(page, 'data-theme')]).toEqual(['rgb(255, 255, 255)', 'light']);
      await page.reload();
      await page.getByRole('button', { name: prepare ? 'Colours: as the system' : 'Colours: light' }).click();
      expect(complaints).toEqual([]);
    }
  });

  test('the keys are listed, work by keyboard alone, and single letters can be switched off', async () => {
    const { page } = await openPage(browser, app.url);
    await page.getByRole('heading', { level: 1 }).waitFor();
    const help = page.getByRole('dialog', { name: 'Keys and settings' });
    await page.keyboard.press('?');
    await help.getByRole('row', { name: 'g l all clusters' }).waitFor();
    expect(await axeFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'detached' });

    const button = page.getByRole('button', { name: 'Keys and settings' });
    await button.focus();
    await page.keyboard.press('Enter');
    await help.getByRole('checkbox').uncheck();
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'detached' });
    expect(await page.evaluate('document.activeElement.ariaLabel')).toBe('Keys and settings');
    await page.reload();
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('?');
    await page.keyboard.press('t');
    await page.getByRole('button', { name: 'Times are in the local zone' }).waitFor();
    expect(await help.count()).toBe(0);
  });

  test('letters are typed where they are typed', async () => {
    const { page } = await openPage(browser, app.url);
    await page.getByRole('searchbox').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('tp?');
    expect(await page.getByRole('searchbox').inputValue()).toBe('tp?');
    await page.getByRole('button', { name: 'Times are in the local zone' }).waitFor();
  });

  test('it fits 320 px, and is good to use in every look', async () => {
    for (const options of [{ colorScheme: 'light' }, { colorScheme: 'dark' }, { forcedColors: 'active' }] as const) {
      const viewport = { width: 320, height: 640 };
      const { page } = await openPage(browser, `${app.url}/clusters/${clusterId}`, { ...options, viewport });
      await badge(page, /^live$/);
      await page.getByRole('heading', { level: 1, name: 'demo' }).waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
      expect(await axeFaults(page)).toEqual([]);
    }
  });

  test('whoever uses no mouse can skip to the content', async () => {
    const { page } = await openPage(browser, app.url);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('Tab');
    await page.getByRole('link', { name: 'Skip to content' }).waitFor();
    await page.keyboard.press('Enter');
    await eventually(async () => expect(await page.evaluate('document.activeElement.id')).toBe('main'));
  });
});
