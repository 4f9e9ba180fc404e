import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import { noBrowser, openBrowser, visit } from '../support/browser.js';

describe.skipIf(noBrowser)(`GraphiQL${noBrowser ? ` (${noBrowser})` : ''}`, () => {
  let app: TestApp;
  let browser: Browser;
  beforeAll(async () => {
    [app, browser] = await Promise.all([startApp(), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
  });

  const graphiql = () => `${app.url}/graphiql/`;
  async function someone(): Promise<BrowserContext> {
    const context = await browser.newContext({ viewport: { width: 1400, height: 1000 } });
    onTestFinished(() => context.close());
    return context;
  }

  test('comes from its own server alone, and knows the schema', async () => {
    const { page, complaints } = await visit(await someone(), graphiql());
    expect(await page.title()).toBe('Stepcast');
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await page.getByText('Subscription', { exact: true }).click();
    await page.getByText('clusterProgress', { exact: true }).waitFor();
    expect(complaints).toEqual([]);
  });

  test('its tabs are the cookbook, and have what they need: create a cluster, follow it, report, see it, query it', {
    timeout: 240_000,
  }, async () => {
    const user = await someone();
    const { page, complaints } = await visit(user, graphiql());
    for (const tab of ['Register', 'Create', 'StartStep']) await run(page, tab);

    // Asks about the newest cluster: the one that was just created.
    const second = await visit(await someone(), graphiql());
    await open(second.page, 'Follow');
    await execute(second.page);
    await shows(second.page, '"snapshot": true');

    await run(page, 'Report');
    await shows(second.page, '"snapshot": false');
    await shows(second.page, 'Launching instances completed: 1 out of 4, 1 failed');

    await run(page, 'Failures');
    await shows(page, 'Error: no free address');
    await run(page, 'Clusters');
    await shows(page, 'Launching instances completed: 1 out of 4, 1 failed');
    expect(await run(page, 'Stalled')).toMatchObject({
      cluster: { currentStep: { units: { nodes: [{ reports: 1 }] } } },
    });
    for (const tab of ['Replace', 'CorrectTotal', 'AddStep', 'Heartbeat', 'TakeOver', 'Finish']) await run(page, tab);
    await shows(page, 'post-install check failed');
    await shows(second.page, 'post-install check failed');
    expect([...complaints, ...second.complaints]).toEqual([]);
  });
});

/** Opens a tab. The editors come a little after the page, and a tab that is opened before them stays empty. */
async function open(page: Page, tab: string) {
  await page.bringToFront();
  for (const part of ['.graphiql-query-editor', '.graphiql-editor-tool', '.result-window']) {
    await page.locator(`${part} .view-lines`).first().waitFor({ state: 'attached' });
  }
  await page.locator('.graphiql-tab-button', { hasText: new RegExp(`^${tab}$`) }).click();
  await page
    .locator('.graphiql-query-editor .view-line', { hasText: ` ${tab}` })
    .first()
    .waitFor();
}
const execute = (page: Page) => page.locator('.graphiql-execute-button').click();

/** Runs a tab's query or mutation, and gives the data that came. */
async function run(page: Page, tab: string) {
  await open(page, tab);
  const operation = new RegExp(`(query|mutation) ${tab}\\b`);
  const answer = page.waitForResponse((response) => operation.test(response.request().postData() ?? ''));
  await execute(page);
  const { data, errors } = await (await answer).json();
  expect([tab, errors]).toEqual([tab, undefined]);
  return data;
}

const shows = (page: Page, text: string) => page.locator('.result-window .view-lines', { hasText: text }).waitFor();
