import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
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

  test('its tabs are a walk: create, follow, report, see it happen, ask what failed', async () => {
    const user = await someone();
    const { page, complaints } = await visit(user, graphiql());
    const created = await run(page, 'Create');
    const stepId = created.startOperation.operation.steps[0].id;

    const second = await visit(user, graphiql());
    await open(second.page, 'Follow');
    await execute(second.page);
    await shows(second.page, '"snapshot": true');

    await open(page, 'Report');
    await setVariables(page, { stepId, first: crypto.randomUUID(), second: crypto.randomUUID() });
    await run(page, 'Report');
    await shows(second.page, '"snapshot": false');
    await shows(second.page, 'Launching instances completed: 1 out of 2, 1 failed');

    await run(page, 'Failures');
    await shows(page, 'Error: no free address');
    await run(page, 'Clusters');
    await shows(page, 'Launching instances completed: 1 out of 2, 1 failed');
    expect([...complaints, ...second.complaints]).toEqual([]);
  });
});

/** Opens a tab. The editors come a little after the page, and a tab that is opened before them stays empty. */
async function open(page: Page, tab: string) {
  await page.bringToFront();
  for (const part of ['.graphiql-query-editor', '.graphiql-editor-tool', '.result-window']) {
    await page.locator(`${part} .view-lines`).first().waitFor({ state: 'attached' });
  }
  await page.locator('.graphiql-tab-button', { hasText: tab }).click();
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
  return (await (await answer).json()).data;
}

const shows = (page: Page, text: string) => page.locator('.result-window .view-lines', { hasText: text }).waitFor();

/**
 * The editor closes quotes and brackets as they are opened, a moment later: what it added is deleted, until nothing is
 * left of it. GraphiQL takes note of the text a moment later again, and then keeps it.
 */
async function setVariables(page: Page, variables: object) {
  const editor = page.getByLabel('Variables').locator('.view-lines:visible');
  const wanted = JSON.stringify(variables);
  await vi.waitFor(
    async () => {
      await editor.click();
      await page.keyboard.press('ControlOrMeta+A');
      await page.keyboard.insertText(wanted);
      await page.keyboard.press('ControlOrMeta+Shift+End');
      await page.keyboard.press('Delete');
      expect(await editor.textContent()).toBe(wanted);
    },
    { timeout: 30_000, interval: 100 },
  );
  const isKept = JSON.stringify(wanted).slice(1, -1);
  await vi.waitFor(
    async () => {
      const { origins } = await page.context().storageState();
      const kept = origins.flatMap(({ localStorage }) => localStorage.map(({ value }) => value));
      expect(kept).toContainEqual(expect.stringContaining(isKept));
    },
    { timeout: 30_000, interval: 100 },
  );
}
