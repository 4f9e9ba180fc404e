import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createClient, reportInstances, restartable, runningStep } from '../client/fixture.js';
import { ownPostgres } from '../reliability/own-postgres.js';
import { startApp } from '../support/app.js';
import { noBrowser, openBrowser } from '../support/browser.js';
import { eventually, until } from '../support/wait.js';
import { badge, documentHas, open } from './shell-fixture.js';

describe.skipIf(noBrowser)(`how far the page can be believed${noBrowser ? ` (${noBrowser})` : ''}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  async function running() {
    const app = await startApp();
    onTestFinished(() => app.close());
    const client = createClient({ url: `${app.url}/graphql` });
    const step = await runningStep(client, 4);
    return { app, client, ...step, place: `${app.url}/clusters/${step.clusterId}` };
  }
  const shows = (page: Page, text: string | RegExp) => page.getByRole('main').getByText(text).first().waitFor();

  test('a restart of the server: it says since when, no clock runs, and nothing is missing afterwards', async () => {
    const server = await restartable();
    const client = createClient({ url: server.url });
    const { clusterId, stepId } = await runningStep(client, 20);
    const { page } = await open(browser, `${new URL(server.url).origin}/clusters/${clusterId}`);
    await badge(page, /^live$/);
    await reportInstances(client, stepId, 0, 5);
    await shows(page, '5 of 20');
    await shows(page, /running for/);
    await eventually(async () => expect(await page.title()).toBe('25% demo · Stepcast'));

    await server.stop();
    await badge(page, /^no connection since \d\d:\d\d:\d\d, retrying/);
    expect(await documentHas(page, 'data-connection')).toBe('stale');
    await eventually(async () => expect(await page.title()).toBe('? demo · Stepcast'));
    expect(await page.locator('link[rel=icon]').getAttribute('href')).toContain('stale');
    await page.getByText(/running for/).waitFor({ state: 'detached' });
    const [frozen, since] = [await page.getByRole('main').textContent(), Date.now()];
    await until(() => Date.now() > since + 2_500);
    expect(await page.getByRole('main').textContent()).toBe(frozen);

    await server.start();
    await reportInstances(client, stepId, 5, 15);
    await badge(page, /^live$/);
    await shows(page, '20 of 20');
    await shows(page, /While you were away.*step 1 succeeded/);
    await page.getByRole('button', { name: 'Dismiss' }).click();
    expect(await page.getByText('While you were away').count()).toBe(0);
    await eventually(async () => expect(await page.title()).toBe('✓ demo · Stepcast'));
  });

  test('a stop of the database, with the server still there', async () => {
    const database = await ownPostgres();
    const app = await startApp({ databaseUrl: database.url, logLevel: 'silent' });
    onTestFinished(() => app.close());
    const client = createClient({ url: `${app.url}/graphql` });
    const { clusterId, stepId } = await runningStep(client, 10);
    const { page } = await open(browser, `${app.url}/clusters/${clusterId}`);
    await badge(page, /^live$/);
    await database.stop();
    await badge(page, /^no connection since/);
    expect(await documentHas(page, 'data-connection')).toBe('stale');
    await database.start();
    await eventually(() => reportInstances(client, stepId, 0, 10));
    await badge(page, /^live$/);
    await shows(page, '10 of 10');
  });

  test('a device without a network', async () => {
    const server = await restartable();
    const { page } = await open(browser, new URL(server.url).origin);
    await badge(page, /^live$/);
    await page.context().setOffline(true);
    await server.stop();
    await badge(page, /^this device is offline since \d\d:\d\d:\d\d$/);
    await server.start();
    await page.context().setOffline(false);
    await badge(page, /^live$/);
  });

  test('a cluster that is deleted while it is looked at', async () => {
    const { client, clusterId, operationId, place } = await running();
    const { page } = await open(browser, place);
    await badge(page, /^live$/);
    await client.cancelOperation({ operationId });
    await client.deleteCluster({ id: clusterId });
    await badge(page, /^deleted at \d\d:\d\d:\d\d$/);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('demo');
    await page.getByRole('link', { name: 'Clusters' }).click();
    await badge(page, /^live$/);
  });

  test('a sign-in that has expired: the place is kept', async () => {
    const { place } = await running();
    const { page } = await open(browser, place, {}, (page) =>
      page.routeWebSocket(/graphql/, (socket) =>
        socket.onMessage(() => socket.close({ code: 4401, reason: 'expired' })),
      ),
    );
    await badge(page, /^signed out$/);
    await page.getByRole('alert').getByText('Sign in again; the place is kept.').waitFor();
    expect(page.url()).toBe(place);
  });

  test('answers that are none of a Stepcast server', async () => {
    const { place } = await running();
    const { page } = await open(browser, place, {}, (page) =>
      page.routeWebSocket(/graphql/, (socket) => socket.onMessage(() => socket.send('<html>It works!</html>'))),
    );
    await page.getByRole('alert').getByText('do not understand each other').waitFor();
    await badge(page, /^not understood since/);
    await page.getByRole('alert').getByRole('button', { name: 'Reload' }).waitFor();
  });

  test('a server of another version', async () => {
    const { place } = await running();
    const { page } = await open(browser, place, {}, (page) =>
      page.route(/assets\/index-.*\.js/, async (route) => {
        const answer = await route.fetch();
        // The page as it was built before the server was replaced.
        await route.fulfill({ response: answer, body: (await answer.text()).replaceAll('`0.1.0`', '`0.0.9`') });
      }),
    );
    await page
      .getByRole('status')
      .getByText('A new version is there: the server has 0.1.0, this page 0.0.9.')
      .waitFor();
    await badge(page, /^live$/);
  });

  test("a viewer's clock that is an hour ahead: times are by the server's", async () => {
    const { place } = await running();
    const { page, complaints } = await open(browser, place, {}, (page) =>
      page.addInitScript(`{
        const Right = Date;
        const now = () => Right.now() + 3_600_000;
        Date = class extends Right {
          constructor(...given) { super(...(given.length > 0 ? given : [now()])); }
          static now = now;
        };
      }`),
    );
    await badge(page, /^live$/);
    await shows(page, /running for \d+(\.\d)? s/);
    await page.getByRole('button', { name: 'Keys and settings' }).click();
    await page.getByText(/^The clock of this device is (1 h|59 min \d+ s) .*ahead of that of the server/).waitFor();
    expect(complaints).toEqual([]);
  });

  test('paused: what is shown stays, and how much is behind it is said', async () => {
    const { client, stepId, place } = await running();
    const { page } = await open(browser, place);
    await shows(page, '0 of 4');
    await page.keyboard.press('p');
    await badge(page, /^paused, 0 changes behind/);
    await reportInstances(client, stepId, 0, 2);
    await badge(page, /^paused, [1-9]\d* changes? behind/);
    await shows(page, '0 of 4');
    await page.getByRole('button', { name: 'go on' }).click();
    await shows(page, '2 of 4');
    await badge(page, /^live$/);
  });
});
