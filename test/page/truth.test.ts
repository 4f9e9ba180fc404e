import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createClient, reportInstances, restartable, runningStep } from '../client/fixture.js';
import { ownPostgres } from '../reliability/own-postgres.js';
import { startApp } from '../support/app.js';
import { noBrowser, openBrowser } from '../support/browser.js';
import { eventually, until } from '../support/wait.js';
import { openPage } from './fixture.js';
import { badge, documentHas } from './shell-fixture.js';

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
    const { page } = await openPage(browser, `${new URL(server.url).origin}/clusters/${clusterId}`);
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

  test('the badge counts down to the next attempt, which can be made now', async () => {
    const server = await restartable();
    const { page } = await openPage(browser, new URL(server.url).origin);
    await badge(page, /^live$/);
    await server.stop();
    await badge(page, /^no connection since \d\d:\d\d:\d\d, retrying in \d+ s/);
    await server.start();
    await page.getByRole('button', { name: 'now', exact: true }).click();
    await badge(page, /^live$/);
  });

  test('a stop of the database, with the server still there', async () => {
    const database = await ownPostgres();
    const app = await startApp({ databaseUrl: database.url, logLevel: 'silent' });
    onTestFinished(() => app.close());
    const client = createClient({ url: `${app.url}/graphql` });
    const { clusterId, stepId } = await runningStep(client, 10);
    const { page } = await openPage(browser, `${app.url}/clusters/${clusterId}`);
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
    const { page } = await openPage(browser, new URL(server.url).origin);
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
    const { page } = await openPage(browser, place);
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
    const { page } = await openPage(browser, place, {}, (page) =>
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
    const { page } = await openPage(browser, place, {}, (page) =>
      page.routeWebSocket(/graphql/, (socket) => socket.onMessage(() => socket.send('<html>It works!</html>'))),
    );
    await page.getByRole('alert').getByText('do not understand each other').waitFor();
    await badge(page, /^not understood since/);
    await page.getByRole('alert').getByRole('button', { name: 'Reload' }).waitFor();
  });

  test('a server of another version', async () => {
    const { place } = await running();
    const { page } = await openPage(browser, place, {}, (page) =>
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

  test('a server of the same version that has another build of the page', async () => {
    const server = await restartable();
    const { origin } = new URL(server.url);
    const { clusterId } = await runningStep(createClient({ url: server.url }), 4);
    let isReplaced = false;
    const { page } = await openPage(browser, `${origin}/clusters/${clusterId}`, {}, (page) =>
      page.route(`${origin}/`, async (route) => {
        const answer = await route.fetch();
        const body = await answer.text();
        const replaced = body.replace(/index-[\w-]+\.js/, 'index-new.js');
        await route.fulfill({ response: answer, body: isReplaced ? replaced : body });
      }),
    );
    const notice = page.getByRole('status').filter({ hasText: 'The server has another build of this page by now.' });
    for (const isNew of [false, true]) {
      await badge(page, /^live$/);
      expect(await notice.count()).toBe(0);
      isReplaced = isNew;
      await server.stop();
      await badge(page, /^no connection since/);
      await server.start();
    }
    await badge(page, /^live$/);
    await notice.getByRole('button', { name: 'Reload' }).waitFor();
  });

  test('a proxy that lets no websocket through', async () => {
    const { client, stepId, place } = await running();
    const { page } = await openPage(browser, place, {}, (page) =>
      page.addInitScript(
        `WebSocket = class extends WebSocket { constructor(url, ...more) { super(url + '/none', ...more); } }`,
      ),
    );
    await badge(page, /^live, by asking$/);
    await reportInstances(client, stepId, 0, 3);
    await shows(page, '3 of 4');
    expect(await documentHas(page, 'data-connection')).toBe('polling');
  });

  test("a viewer's clock that is an hour ahead: times are by the server's", async () => {
    const { place } = await running();
    const { page, complaints } = await openPage(browser, place, {}, (page) =>
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
    const { page } = await openPage(browser, place);
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

  test('a view that fails says so, the shell stays, and another place is shown again', async () => {
    const { app } = await running();
    const { page } = await openPage(browser, `${app.url}/clusters/none/none`, {}, (page) =>
      page.route(/assets\/index-.*\.js/, async (route) => {
        const answer = await route.fetch();
        const broken = '(()=>{throw new Error("broken on purpose")})()';
        const body = (await answer.text()).replace(/(["'`])There is nothing at this address\1/, broken);
        await route.fulfill({ response: answer, body });
      }),
    );
    await page.getByRole('heading', { level: 1, name: 'This view has failed' }).waitFor();
    await page.getByText('What went wrong', { exact: true }).click();
    await shows(page, /broken on purpose/);
    await page.getByRole('banner').getByRole('link', { name: 'Clusters' }).click();
    await page.getByRole('heading', { level: 1, name: 'Clusters' }).waitFor();
  });

  test('whoever asked for it is told of the end, while the page is hidden, once however many tabs there are', async () => {
    const { client, stepId, place } = await running();
    const hide = `{
      window.told = [];
      Notification = class { static permission = 'default';
        static async requestPermission() { return 'granted'; }
        constructor(title) { told.push(title); } close() {} };
      window.hide = (hidden) => {
        Object.defineProperty(document, 'hidden', { configurable: true, value: hidden });
        document.dispatchEvent(new Event('visibilitychange'));
      };
    }`;
    const { page } = await openPage(browser, place, {}, (page) => page.context().addInitScript(hide));
    const other = await page.context().newPage();
    await other.goto(place);
    for (const tab of [page, other]) {
      await tab.getByRole('button', { name: 'Tell me when it is done' }).click();
      await tab.getByRole('button', { name: 'Tell me when it is done', pressed: true }).waitFor();
    }
    const told = async () => (await Promise.all([page, other].map((tab) => tab.evaluate<string[]>('told')))).flat();
    await client.reportEvents({ events: [{ id: crypto.randomUUID(), stepId, successful: false, instanceId: 'x' }] });
    for (const tab of [page, other]) await shows(tab, /1 failed/);
    expect(await told()).toEqual([]);

    for (const tab of [page, other]) await tab.evaluate('hide(true)');
    await client.reportEvents({ events: [{ id: crypto.randomUUID(), stepId, successful: true, instanceId: 'x' }] });
    await reportInstances(client, stepId, 0, 3);
    await eventually(async () => expect(await told()).toEqual(['demo: ✓ succeeded']));
  });
});
