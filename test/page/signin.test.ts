import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { authenticating, createClient, reportInstances, restartable, runningStep } from '../client/fixture.js';
import { axeFaults } from '../support/axe.js';
import { noBrowser, openBrowser, visit } from '../support/browser.js';
import { eventually } from '../support/wait.js';
import { openPage } from './fixture.js';
import { badge, documentHas } from './shell-fixture.js';

/** What a browser itself says when a server refuses a token: it is meant to. */
const refusals = /status of 401/;

describe.skipIf(noBrowser)(`signing in to the page${noBrowser ? ` (${noBrowser})` : ''}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  /** A server that takes the tokens of an issuer, with a cluster of which 2 of 4 instances are there. */
  async function stage() {
    const server = await authenticating();
    const client = createClient({ url: server.url, token: await server.token() });
    const { clusterId, stepId } = await runningStep(client, 4);
    await reportInstances(client, stepId, 0, 2);
    const origin = new URL(server.url).origin;
    return { server, client, stepId, origin, place: `${origin}/clusters/${clusterId}` };
  }

  test('a token in the address signs in, and is in the address no more', async () => {
    const { server, place } = await stage();
    const { page, complaints } = await openPage(browser, `${place}?x=1#token=${await server.token()}`);
    await badge(page, /^live$/);
    expect(page.url()).toBe(`${place}?x=1`);
    expect(await page.evaluate('history.length')).toBe(2);
    await shows(page, '2 of 4');
    await page.reload();
    await badge(page, /^live$/);
    expect(complaints).toEqual([]);
  });

  test('without a token there is nothing but the way in; a wrong one is refused in words, a good one leads to the place', async () => {
    const { server, place } = await stage();
    const { page, complaints } = await openPage(browser, place);
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    expect(complaints).toEqual([]);
    expect(await page.getByText('demo').count()).toBe(0);
    await paste(page, '');
    await alerts(page, 'Expected a token, got none.');
    await paste(page, 'two words');
    await alerts(page, 'which is one word');
    await paste(page, await server.token({ seconds: -60 }));
    await alerts(page, 'The server does not accept this token.');
    await paste(page, ` Bearer ${await server.token()}\n`);
    await badge(page, /^live$/);
    await shows(page, '2 of 4');
    expect(page.url()).toBe(place);
    expect(complaints.filter((complaint) => !refusals.test(complaint))).toEqual([]);
  });

  test('a token that ends: what was shown stays and says so, and goes on with another one, with nothing missed', async () => {
    const { server, client, stepId, place } = await stage();
    const { page, complaints } = await openPage(
      browser,
      `${place}?tab=log#token=${await server.token({ seconds: 3 })}`,
    );
    await shows(page, '2 of 4');
    const url = page.url();
    await badge(page, /^signed out$/);
    await alerts(page, 'Sign in again; the place is kept.');
    expect(await documentHas(page, 'data-connection')).toBe('stale');
    await shows(page, '2 of 4');
    await reportInstances(client, stepId, 2, 2);
    await shows(page, '2 of 4');

    await paste(page, await server.token());
    await badge(page, /^live$/);
    await shows(page, '4 of 4');
    expect(await page.getByRole('alert').count()).toBe(0);
    expect(page.url()).toBe(url);
    expect(complaints.filter((complaint) => !refusals.test(complaint))).toEqual([]);
  });

  test('a server that is away while somebody signs in takes nothing from who is typing', async () => {
    const { server, place } = await stage();
    const { page } = await openPage(browser, `${place}#token=${await server.token({ seconds: 2 })}`);
    const field = page.getByLabel('Token or API key');
    await field.fill('half a token');
    await server.stop();
    await page.evaluate(`dispatchEvent(new Event('online'))`);
    await badge(page, /^no connection since/);
    expect(await field.inputValue()).toBe('half a token');
    await server.start();
    await paste(page, await server.token());
    await badge(page, /^live$/);
  });

  test('signing in in one tab frees the others, and so does signing out', async () => {
    const { server, origin, place } = await stage();
    const { page: one } = await openPage(browser, place);
    const { page: other } = await visit(one.context(), origin);
    await other.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    await paste(one, await server.token({ roles: ['VIEWER'] }));
    await Promise.all([badge(one, /^live$/), badge(other, /^live$/)]);
    await other.getByRole('link', { name: 'demo' }).first().waitFor();

    await one.getByRole('button', { name: /^Signed in, tenant default/ }).click();
    const sheet = one.getByRole('dialog', { name: 'Signed in' });
    await sheet.getByText('look (VIEWER)').waitFor();
    await sheet.getByRole('button', { name: 'Sign out' }).click();
    for (const page of [one, other]) await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    expect(await one.evaluate(`localStorage.getItem('stepcast.session')`)).toBeNull();
    expect(one.url()).toBe(place);
  });

  test('another tenant’s token shows nothing of the one before', async () => {
    const { server, origin } = await stage();
    const { page } = await openPage(browser, `${origin}/#token=${await server.token()}`);
    await page.getByRole('link', { name: 'demo' }).first().waitFor();
    await page.evaluate(`location.hash = 'token=${await server.token({ tenant_id: 'other' })}'`);
    await page.getByRole('button', { name: /^Signed in, tenant other/ }).waitFor();
    await eventually(async () => expect(await page.getByText('demo', { exact: true }).count()).toBe(0));
  });

  test('a sign-in without a role says so', async () => {
    const { server, origin } = await stage();
    const { page } = await openPage(browser, `${origin}/#token=${await server.token({ roles: [] })}`);
    await alerts(page, 'knows who you are, and lets you see nothing: expected a caller with the role VIEWER');
  });

  test('a server that asks nobody offers no sign-in', async () => {
    const server = await restartable();
    const { page, complaints } = await openPage(browser, new URL(server.url).origin);
    await badge(page, /^live$/);
    expect(await page.getByRole('button', { name: /^Signed in/ }).count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test.each(['light', 'dark'] as const)('nothing keeps anybody from signing in, in %s colours', async (colorScheme) => {
    const { server, origin, place } = await stage();
    const closed = await openPage(browser, origin, { colorScheme });
    await closed.page.getByLabel('Token or API key').waitFor();
    await paste(closed.page, 'wrong');
    await alerts(closed.page, 'does not accept');
    expect(await axeFaults(closed.page)).toEqual([]);

    const { page } = await openPage(browser, `${place}#token=${await server.token({ seconds: 2 })}`, { colorScheme });
    await shows(page, '2 of 4');
    await page.getByLabel('Token or API key').waitFor();
    expect(await axeFaults(page)).toEqual([]);
  });

  test('GraphiQL asks as whom the page is signed in, over HTTP and websocket', async () => {
    const { server, origin } = await stage();
    const context = await browser.newContext({ viewport: { width: 1400, height: 1000 } });
    onTestFinished(() => context.close());
    const { page } = await visit(context, `${origin}/graphiql/`);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await paste(page, await server.token());
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    for (const tab of ['Clusters', 'FollowClusters']) {
      await page.locator('.graphiql-query-editor .view-lines').first().waitFor({ state: 'attached' });
      await page.locator('.graphiql-tab-button', { hasText: new RegExp(`^${tab}$`) }).click();
      await page
        .locator('.graphiql-query-editor .view-line', { hasText: ` ${tab}` })
        .first()
        .waitFor();
      await page.locator('.graphiql-execute-button').click();
      await page.locator('.result-window .view-lines', { hasText: '"data"' }).waitFor();
    }
  });
});

const shows = (page: Page, text: string) => page.getByText(text, { exact: false }).first().waitFor();
const alerts = (page: Page, text: string) => page.getByRole('alert').getByText(text).waitFor();

async function paste(page: Page, text: string): Promise<void> {
  await page.getByLabel('Token or API key').fill(text);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}
