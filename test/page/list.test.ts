import type { Browser, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeFaults } from '../support/axe.js';
import { noBrowser, openBrowser } from '../support/browser.js';
import { eventually } from '../support/wait.js';
import { openPage } from './fixture.js';
import { chip, names, ownServer, rows } from './list-fixture.js';

describe.skipIf(noBrowser)(`the list of clusters${noBrowser ? ` (${noBrowser})` : ''}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  test('says how to get a first cluster, and shows it when it comes; a cluster changes and goes without a reload', async () => {
    const { app, client } = await ownServer();
    const { page, complaints } = await openPage(browser, app.url);
    await page.getByRole('heading', { name: 'No cluster yet' }).waitFor();
    await page.getByText(`npm run demo -- --url ${app.url}/graphql`).waitFor();
    expect(await axeFaults(page)).toEqual([]);

    const { id: clusterId } = await client.createCluster({ name: 'etl-night' });
    const row = rows(page).filter({ hasText: 'etl-night' });
    await row.getByText('Nothing yet').waitFor();

    const steps = [{ stepName: 'Launching instances', total: 4 }, { stepName: 'Waiting for ssh' }];
    const operation = await client.startOperation({ clusterId, type: 'CREATING', steps });
    await row.getByText('nothing has begun; 2 steps are planned').waitFor();
    const [step] = (await client.operation(operation?.id as string))?.steps ?? [];
    const stepId = step?.id as string;
    await client.startStep({ stepId });
    const report = (successful: boolean) => ({
      id: crypto.randomUUID(),
      stepId,
      successful,
      instanceId: crypto.randomUUID(),
    });
    await client.reportEvents({ events: [report(true), report(true)] });
    await row.getByText('1/2').waitFor();
    await row.getByText('2/4').waitFor();
    const progress = row.getByRole('progressbar');
    await eventually(async () => expect(await progress.getAttribute('aria-valuetext')).toBe('25 %'));
    await client.reportEvents({ events: [report(false)] });
    await row.getByText('1 failed').waitFor();
    await row.getByRole('img', { name: 'failing' }).waitFor();
    await row.getByText('Creating, failing').waitFor();
    await chip(page, 'Failing 1').waitFor();

    await client.finishOperation({ operationId: operation?.id as string, successful: false });
    await row.getByText('Creating, failed').waitFor();
    expect(await axeFaults(page)).toEqual([]);

    await client.deleteCluster({ id: clusterId });
    await page.getByRole('heading', { name: 'No cluster yet' }).waitFor();
    expect(complaints).toEqual([]);
  });

  test('filters, search and order are in the address, and the back button takes them back', async () => {
    const { app, client } = await ownServer();
    const { id: running } = await client.createCluster({ name: 'spark-one' });
    await client.createCluster({ name: 'spark-two' });
    const third = await client.createCluster({ name: 'Etl_50%' });
    await client.startOperation({ clusterId: running, type: 'CREATING', steps: [{ stepName: 'one' }] });
    const { page, complaints } = await openPage(browser, app.url);

    await chip(page, 'All 3').waitFor();
    await chip(page, 'Failed 0').waitFor();
    await chip(page, 'Running 1').click();
    await eventually(async () => expect(await names(page)).toEqual(['spark-one']));
    expect(page.url()).toBe(`${app.url}/?state=running`);
    expect(await chip(page, 'Running').getAttribute('aria-current')).toBe('page');

    await chip(page, 'Idle 2').click();
    await eventually(async () => expect((await names(page)).toSorted()).toEqual(['Etl_50%', 'spark-two']));
    await page.goBack();
    await eventually(async () => expect(await names(page)).toEqual(['spark-one']));

    const search = page.getByRole('searchbox', { name: 'Search by name or id' });
    await search.fill('TWO');
    await page.getByRole('heading', { name: 'No running cluster has “TWO” in its name' }).waitFor();
    await page.waitForURL(`${app.url}/?state=running&q=TWO`);
    await chip(page, 'All 1').waitFor();
    await page.getByRole('link', { name: '1 cluster in another state' }).click();
    await eventually(async () => expect(await names(page)).toEqual(['spark-two']));

    await page.goto(`${app.url}/?q=50%25`);
    await eventually(async () => expect(await names(page)).toEqual(['Etl_50%']));
    expect(await search.inputValue()).toBe('50%');
    await search.fill(third.id);
    await page.waitForURL(`${app.url}/?q=${third.id}`);
    await eventually(async () => expect(await names(page)).toEqual(['Etl_50%']));
    await search.fill(crypto.randomUUID());
    await page.getByRole('link', { name: 'look it up' }).waitFor();
    await page.getByRole('link', { name: 'Clear, and show all clusters' }).click();
    await eventually(async () => expect(await names(page)).toHaveLength(3));
    expect(await search.inputValue()).toBe('');

    await page.getByLabel('Order').selectOption('Name');
    await page.waitForURL(`${app.url}/?sort=name`);
    await eventually(async () => expect((await names(page)).slice(-2)).toEqual(['spark-one', 'spark-two']));
    await page.goBack();
    await eventually(async () => expect((await names(page))[0]).toBe('spark-one'));
    expect(complaints).toEqual([]);
  });

  test('rows do not move under the pointer: the order is offered, and taken when the reader is not at it', async () => {
    const { app, client } = await ownServer();
    for (const name of ['cherry', 'berry', 'apple']) await client.createCluster({ name });
    const { page } = await openPage(browser, app.url);
    await eventually(async () => expect(await names(page)).toEqual(['apple', 'berry', 'cherry']));
    const start = async (name: string) => {
      const { nodes } = (await client.clusters({ filter: { name } })) ?? { nodes: [] };
      return client.startOperation({
        clusterId: nodes[0]?.id as string,
        type: 'SCALING',
        steps: [{ stepName: 'one' }],
      });
    };

    await rows(page).filter({ hasText: 'berry' }).hover();
    await start('cherry');
    await client.createCluster({ name: 'date' });
    const pill = page.getByRole('button', { name: 'order changed (1), 1 new' });
    await pill.waitFor();
    await rows(page).filter({ hasText: 'cherry' }).getByText('Scaling').waitFor();
    expect(await names(page)).toEqual(['apple', 'berry', 'cherry']);
    // By key: a pointer that leaves the rows for the pill lets them be ordered, and the pill goes.
    await pill.press('Enter');
    await eventually(async () => expect(await names(page)).toEqual(['cherry', 'date', 'apple', 'berry']));
    expect(await page.getByRole('button', { name: 'order changed' }).count()).toBe(0);

    // The focus holds them, too; a cluster that goes keeps its place until then.
    await page.mouse.move(5, 5);
    await rows(page).filter({ hasText: 'apple' }).getByRole('link').focus();
    const { nodes = [] } = (await client.clusters({ filter: { name: 'berry' } })) ?? {};
    await client.deleteCluster({ id: nodes[0]?.id as string });
    await page.getByRole('button', { name: '1 gone' }).waitFor();
    await rows(page).filter({ hasText: 'berry' }).getByText('deleted, or not in this list any more').waitFor();
    await start('apple');
    await page.getByRole('button', { name: 'order changed (1), 1 gone' }).waitFor();
    expect(await names(page)).toEqual(['cherry', 'date', 'apple', 'berry']);
    await page.getByRole('heading', { name: 'Clusters' }).focus();
    await eventually(async () => expect(await names(page)).toEqual(['apple', 'cherry', 'date']));
  });

  test('a row that has changed is tinted for a moment, unless the viewer wants no motion', async () => {
    const { app, client } = await ownServer();
    const { id } = await client.createCluster({ name: 'one' });
    const moving = (await openPage(browser, app.url)).page;
    const still = (await openPage(browser, app.url, { reducedMotion: 'reduce' })).page;
    for (const page of [moving, still]) {
      await rows(page).waitFor();
      await page.evaluate(`{
        const { animate } = Element.prototype;
        Element.prototype.animate = function (...given) {
          document.body.dataset.tinted = this.dataset.id;
          return animate.apply(this, given);
        };
      }`);
    }
    await client.startOperation({ clusterId: id, type: 'CREATING', steps: [{ stepName: 'one' }] });
    for (const page of [moving, still]) await rows(page).getByText('Creating').waitFor();
    expect(await moving.locator('body').getAttribute('data-tinted')).toBe(id);
    expect(await still.locator('body').getAttribute('data-tinted')).toBeNull();
  });

  test('is read by keyboard alone: search, rows, a cluster, and back', async () => {
    const { app, client } = await ownServer();
    for (const name of ['etl-3', 'etl-2', 'spark', 'etl-1']) await client.createCluster({ name });
    const { page } = await openPage(browser, app.url);
    await eventually(async () => expect(await names(page)).toHaveLength(4));
    const focused = () => page.evaluate('document.activeElement?.textContent');

    await page.keyboard.press('/');
    await page.keyboard.type('etl');
    await eventually(async () => expect(await names(page)).toEqual(['etl-1', 'etl-2', 'etl-3']));
    await page.keyboard.press('Escape');
    await eventually(async () => expect(await names(page)).toHaveLength(4));
    await page.getByRole('heading', { name: 'Clusters' }).focus();
    await page.keyboard.press('j');
    await eventually(async () => expect(await focused()).toBe('etl-1'));
    for (const [key, name] of [
      ['j', 'spark'],
      ['ArrowDown', 'etl-2'],
      ['k', 'spark'],
      ['End', 'etl-3'],
      ['ArrowDown', 'etl-3'],
      ['Home', 'etl-1'],
      ['ArrowDown', 'spark'],
    ] as const) {
      await page.keyboard.press(key);
      await eventually(async () => expect(await focused()).toBe(name));
    }
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/clusters\//);
    await page.getByRole('heading', { level: 1, name: 'spark' }).waitFor();
    await page.goBack();
    await eventually(async () => expect(await names(page)).toHaveLength(4));
    await page.goto(`${app.url}/?state=failed&q=spark`);
    await page.getByRole('heading', { name: 'No failed cluster has “spark” in its name' }).waitFor();
    await page.keyboard.press('Escape');
    await page.waitForURL(`${app.url}/?state=failed`);
    await page.keyboard.press('Escape');
    await page.waitForURL(`${app.url}/`);
    await eventually(async () => expect(await names(page)).toHaveLength(4));
  });

  test('a text is a text, whatever is in it', async () => {
    const { app, client } = await ownServer();
    const long = 'x'.repeat(255);
    const given = [
      '<img src=x onerror=alert(1)>',
      'نشر-الإنتاج',
      'a\u202eb\u200bc\u001b[31md\u0007',
      'two\nlines',
      long,
    ];
    for (const name of given) await client.createCluster({ name });
    const { page, complaints } = await openPage(browser, app.url, { viewport: { width: 320, height: 700 } });
    const shown = ['<img src=x onerror=alert(1)>', 'نشر-الإنتاج', 'a\\u{202e}b\\u{200b}cd\\u{7}', 'two\nlines', long];
    await eventually(async () => expect((await names(page)).toReversed()).toEqual(shown));
    const heights = await rows(page).evaluateAll((rows) => rows.map((row) => row.clientHeight));
    expect(new Set(heights).size).toBe(1);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
    expect(await axeFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('says when an answer is overdue, and what is the matter when the list is refused', async () => {
    const { app, client } = await ownServer();
    await client.createCluster({ name: 'one' });
    const { page } = await openPage(browser, `${app.url}/errors/none`);
    // What a proxy might do between the page and the server.
    const held: Route[] = [];
    await page.route('**/graphql', (route) => void held.push(route));
    await page.getByRole('link', { name: 'Clusters' }).click();
    await page.getByText('Reading the clusters…').waitFor();
    await page.getByText('The server has not answered yet').waitFor();

    const refusal = { errors: [{ message: 'expected a <b>viewer</b>', extensions: { code: 'FORBIDDEN' } }] };
    await page.unroute('**/graphql');
    await page.route('**/graphql', (route) => route.fulfill({ json: refusal }));
    await Promise.all(held.map((route) => route.fulfill({ json: refusal })));
    await page.getByRole('heading', { name: 'The clusters cannot be read' }).waitFor();
    await page.getByText('FORBIDDEN: expected a <b>viewer</b>').waitFor();
    await page.getByText('Ask whoever runs this server').waitFor();
    expect(await axeFaults(page)).toEqual([]);

    await page.unroute('**/graphql');
    await page.getByRole('button', { name: 'Try again' }).click();
    await eventually(async () => expect(await names(page)).toEqual(['one']));
  });

  test('while the server cannot be reached nothing counts on', async () => {
    const { app, client } = await ownServer();
    const { id } = await client.createCluster({ name: 'one' });
    await client.startOperation({ clusterId: id, type: 'CREATING', steps: [{ stepName: 'one' }] });
    const { page } = await openPage(browser, app.url);
    const changed = rows(page).getByRole('time');
    await eventually(async () => expect(await changed.textContent()).toMatch(/^(now|\d+ s ago)$/));
    await page.route('**/graphql', (route) => route.abort());
    await app.close();
    await eventually(async () => expect(await changed.textContent()).toMatch(/^\d\d:\d\d:\d\d$/));
    await rows(page).getByText('Creating').waitFor();
  });
});
