import pg from 'pg';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noBrowser, openBrowser } from '../support/browser.js';
import { eventually } from '../support/wait.js';
import { openPage } from './fixture.js';
import { chip, ownServer, rows } from './list-fixture.js';

/** So many clusters, made a second apart, number 1 first. */
async function seed(databaseUrl: string, count: number): Promise<void> {
  const database = new pg.Client(databaseUrl);
  await database.connect();
  try {
    await database.query(
      `INSERT INTO cluster (tenant_id, id, name, status, revision, created_at, updated_at)
       SELECT 'default', gen_random_uuid(), 'cluster ' || n, 'Active', 1, at, at
       FROM generate_series(1, $1) AS n, LATERAL (SELECT now() - interval '1 day' + n * interval '1 second' AS at) AS made`,
      [count],
    );
  } finally {
    await database.end();
  }
}

describe.skipIf(noBrowser)(`a list of thousands${noBrowser ? ` (${noBrowser})` : ''}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  test('is scrolled from end to end, and draws few of its rows', async () => {
    const { app, client } = await ownServer();
    await seed(app.databaseUrl, 4_999);
    const { page, complaints } = await openPage(browser, app.url);
    await chip(page, 'All 4,999').waitFor();
    const table = page.getByRole('table', { name: 'Clusters' });
    await eventually(async () => expect(await table.getAttribute('aria-rowcount')).toBe('5000'));
    const row = (name: string) => rows(page).filter({ has: page.getByRole('link', { name, exact: true }) });

    await row('cluster 4999').waitFor();
    for (const share of [0.25, 0.5, 0.75, 1]) {
      await page.evaluate(`scrollTo(0, ${share} * document.documentElement.scrollHeight)`);
      const expected = `cluster ${Math.max(1, 5_000 * (1 - share))}`;
      await row(expected).waitFor();
      expect(await rows(page).count()).toBeLessThan(80);
    }
    expect(await row('cluster 1').getAttribute('aria-rowindex')).toBe('5000');

    // The reader has scrolled: what comes now waits.
    await client.createCluster({ name: 'newest' });
    await page.getByRole('button', { name: '1 new' }).waitFor();
    await row('cluster 1').waitFor();
    await page.getByRole('button', { name: '1 new' }).click();
    await row('newest').waitFor();
    expect(await page.evaluate('scrollY')).toBe(0);

    // By keyboard: the row with the focus is there wherever the page is scrolled to.
    await page.keyboard.press('j');
    await page.keyboard.press('End');
    await eventually(async () => expect(await page.evaluate('document.activeElement.textContent')).toBe('cluster 1'));
    await page.evaluate('scrollTo(0, 0)');
    await row('newest').waitFor();
    expect(await page.evaluate('document.activeElement.textContent')).toBe('cluster 1');
    expect(complaints).toEqual([]);
  });

  test('of more than are held, it says which it shows', async () => {
    const { app } = await ownServer();
    await seed(app.databaseUrl, 5_050);
    const { page } = await openPage(browser, `${app.url}/?sort=newest`);
    await page.getByText('These are 5,000 clusters: the newest. More match').waitFor();
    await page.getByRole('searchbox').fill('cluster 505');
    await eventually(async () => expect(await rows(page).count()).toBe(2));
  });
});
