import { readFile } from 'node:fs/promises';
import type pg from 'pg';
import type { BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StepRow } from '../../src/storage/store/rows.js';
import { seed } from '../storage/seed.js';
import { axeFaults } from '../support/axe.js';
import { noBrowser } from '../support/browser.js';
import { openPool } from '../support/database.js';
import { eventually } from '../support/wait.js';
import { openPage, stage } from './fixture.js';
import {
  addressOf,
  begun,
  endsWith,
  extents,
  focusedRow,
  idsOf,
  located,
  longLog,
  report,
  row,
  scroller,
  scrollTo,
  seen,
  wholeLog,
  width,
} from './log-fixture.js';

const events = 100_000;
const needle = 30_000;

describe.skipIf(noBrowser)(`the log of a step${noBrowser ? ` (${noBrowser})` : ''}`, () => {
  const on = stage();
  let pool: pg.Pool;
  let long: StepRow;
  beforeAll(async () => {
    pool = openPool({ connectionString: on.app.databaseUrl });
    long = await longLog(pool, events, needle);
  });
  afterAll(() => pool?.end());

  const open = (step: Parameters<typeof addressOf>[1], search = '', options: BrowserContextOptions = {}) =>
    openPage(on.browser, addressOf(on.app.url, step, search), { viewport: { width: 1400, height: 900 }, ...options });

  test('of 100,000 events opens at its newest, and is scrolled up and down again without a gap', {
    timeout: 600_000,
  }, async () => {
    const { page, complaints } = await open(located(long));
    await endsWith(page, `node-${events}`);
    const whole = await idsOf(pool, long);
    // More than is held at once, so that the newest are let go of.
    const up = await scrollTo(page, 'up', whole.at(-6_500) ?? '');
    expect(up).toEqual(whole.slice(-up.length));
    await page.getByRole('button', { name: 'Jump to newest' }).waitFor();
    const down = await scrollTo(page, 'down', whole.at(-1) ?? '');
    expect(down).toEqual(whole.slice(-down.length));
    expect(down.length).toBeGreaterThan(6_000);
    // Rows are in the document a little before they are seen.
    await scroller(page).hover();
    await page.mouse.wheel(0, 9_000);
    await endsWith(page, `node-${events}`);
    expect(complaints).toEqual([]);
  });

  test('follows what comes, stays where it is once the reader scrolls up or selects, and follows again at the end', async () => {
    const step = await begun(on.client);
    await report(on.client, step.id, numbered(0, 300));
    const { page } = await open(step);
    await endsWith(page, 'node-299');
    await report(on.client, step.id, numbered(300, 400));
    await endsWith(page, 'node-399');

    await scroller(page).hover();
    await page.mouse.wheel(0, -500);
    const newest = page.getByRole('button', { name: /jump to newest/i });
    await newest.waitFor();
    const before = await settled(page);
    for (let from = 400; from < 1_000; from += 50) {
      await report(on.client, step.id, numbered(from, from + 50));
      const now = await seen(page);
      expect(now.map(({ id, y }) => [id, y])).toEqual(before.map(({ id, y }) => [id, y]));
    }
    await page.getByRole('button', { name: '600 new events: jump to newest' }).click();
    await endsWith(page, 'node-999');
    await report(on.client, step.id, numbered(1_000, 1_100));
    await endsWith(page, 'node-1099');

    // Selecting text ends it; scrolling to the end begins it again.
    const name = await row(page, 'node-1095').getByText('node-1095').boundingBox();
    await page.mouse.move((name?.x ?? 0) + 1, (name?.y ?? 0) + 8);
    await page.mouse.down();
    await page.mouse.move((name?.x ?? 0) + 60, (name?.y ?? 0) + 8, { steps: 5 });
    await page.mouse.up();
    await report(on.client, step.id, numbered(1_100, 1_150));
    await page.getByRole('button', { name: '50 new events: jump to newest' }).waitFor();
    expect(await page.evaluate('document.getSelection().toString()')).toContain('node');
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect((await seen(page)).at(-1)?.text).toContain('node-1099');
    await page.evaluate('document.getSelection().removeAllRanges()');
    await scroller(page).hover();
    await page.mouse.wheel(0, 9_000);
    await endsWith(page, 'node-1149');
    await newest.waitFor({ state: 'detached' });
    await report(on.client, step.id, numbered(1_150, 1_200));
    await endsWith(page, 'node-1199');
    // The key does the same as the button.
    await page.keyboard.press('f');
    await newest.waitFor();
  });

  test('opens around the event that an address names, with its whole text', async () => {
    const id = (await idsOf(pool, long))[needle - 1];
    const { page } = await open(located(long), `&event=${id}`);
    await page.getByRole('dialog').getByText('QuotaError: the needle').waitFor();
    await row(page, 'node-30000').waitFor();
    expect((await seen(page)).map(({ id }) => id)).toContain(id);
    await page.getByRole('dialog').getByRole('button', { name: 'Next' }).click();
    await page.getByRole('dialog').getByRole('heading', { name: 'node-30001' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(new URL(page.url()).searchParams.has('event')).toBe(false);
    await page.getByRole('button', { name: 'Jump to newest' }).click();
    await endsWith(page, `node-${events}`);
  });

  test('says of an event that is not there any more what became of it', async () => {
    const { page } = await open(located(long), '&event=00000000-0000-4000-8000-000000000000');
    await page.getByRole('dialog').getByText('There is no such event any more').waitFor();
    await row(page, `node-${events}`).waitFor();
  });

  test('is searched by the server, says how far, and goes on when it is told to', async () => {
    const { page } = await open(located(long));
    await endsWith(page, `node-${events}`);
    await page.keyboard.press('/');
    await page.keyboard.type('THE needle');
    await page.getByRole('button', { name: 'Search further back' }).click();
    await row(page, 'QuotaError: the needle').waitFor();
    expect(new URL(page.url()).searchParams.get('q')).toBe('THE needle');
    // What comes is looked through as well.
    await report(on.client, long.id, [
      { instanceName: 'other' },
      { instanceName: 'x', eventInfo: 'another: The Needle' },
    ]);
    await row(page, 'another: The Needle').waitFor();
    expect(await scroller(page).locator('[data-event]').count()).toBe(2);
    await page.getByRole('searchbox').fill('no such thing');
    await page.getByText('Nothing found so far').waitFor();
    await page.getByRole('button', { name: 'Show everything' }).click();
    await endsWith(page, 'x');
  });

  test('is filtered by outcome, node group and instance, all of it in the address', async () => {
    const step = await begun(on.client);
    await report(on.client, step.id, [
      { instanceName: 'a', nodeGroupId: 'master' },
      { instanceName: 'b', nodeGroupId: 'worker', successful: false, eventInfo: 'OSError' },
      { instanceName: 'c', nodeGroupId: 'worker' },
    ]);
    const { page } = await open(step);
    const names = async (...names: string[]) =>
      eventually(async () => {
        const instances = scroller(page).locator('[data-event] > :nth-child(4)');
        expect(await instances.allInnerTexts()).toEqual(names);
      });
    await names('a', 'b', 'c');
    await page.getByRole('button', { name: 'Failures', exact: true }).click();
    await names('b');
    await row(page, 'OSError').click();
    await page.getByRole('button', { name: 'only this node group' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'All', exact: true }).click();
    await names('b', 'c');
    await page.reload();
    await names('b', 'c');
    await page.getByRole('button', { name: 'Only node group worker: remove' }).click();
    await names('a', 'b', 'c');
    await page.getByLabel('Log of').selectOption('cluster');
    await scroller(page).getByRole('columnheader', { name: 'Step' }).waitFor();
    await row(page, 'Launching instances').first().waitFor();
  });

  test('is downloaded whole, as JSON lines and as text', async () => {
    const step = await begun(on.client);
    await report(on.client, step.id, [
      ...numbered(0, 1_200),
      { successful: false, eventInfo: 'OSError\n  second line' },
    ]);
    const { page } = await open(step, '&q=node-7');
    const load = async (name: string) => {
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name }).click();
      return readFile(await (await download).path(), 'utf8');
    };
    const whole = await wholeLog(on.client, step);
    const json = (await load('Download the whole log as JSON lines')).trimEnd().split('\n');
    expect(json.map((line) => JSON.parse(line))).toEqual(whole);
    const text = await load('Download the whole log as text');
    expect(text.match(/^\S.*$/gm)).toHaveLength(whole.length);
    expect(text).toMatch(/failed {5}.*Launching instances.*whole step.*\n {4}OSError\n {6}second line\n$/);
  });

  test('shows any text as text, in rows of one height', async () => {
    const step = await begun(on.client);
    const markup = '<img src=x onerror="document.title=1"><b>bold</b>';
    await report(on.client, step.id, [
      { instanceName: markup, eventInfo: markup },
      {
        instanceName: 'w'.repeat(255),
        nodeGroupId: 'שלום',
        successful: false,
        eventInfo: '\u001b[31mred\u001b[0m \u202eevil',
      },
      { successful: false, eventInfo: 'x'.repeat(64_000) },
    ]);
    const { page, complaints } = await open(step);
    await row(page, markup).first().waitFor();
    await row(page, 'red \\u{202e}evil').waitFor();
    expect(await extents(page)).toEqual([24, 24, 24].map((height) => [height, true]));
    expect(await scroller(page).locator('img, b').count()).toBe(0);
    await row(page, 'xxxx').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Show all' }).click();
    await eventually(async () =>
      expect(await page.getByRole('region', { name: 'What was reported' }).textContent()).toBe('x'.repeat(64_000)),
    );
    expect(complaints).toEqual([]);
  });

  test('is read by keyboard alone', async () => {
    const step = await begun(on.client);
    const failure = { successful: false, eventInfo: 'OSError: no space' };
    await report(on.client, step.id, [
      failure,
      ...numbered(0, 300),
      { ...failure, instanceName: 'late' },
      ...numbered(300, 310),
    ]);
    const { page } = await open(step);
    await endsWith(page, 'node-309');
    await page.keyboard.press('/');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Shift+N');
    await focusIs(page, 'late');
    await page.keyboard.press('j');
    await focusIs(page, 'node-300');
    await page.keyboard.press('k');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByText('OSError: no space').waitFor();
    await page.keyboard.press('Escape');
    await focusIs(page, 'late');
    // The failure before it is not held yet.
    await page.keyboard.press('Shift+N');
    await focusIs(page, 'whole step');
  });

  test('says why nothing is in it', async () => {
    const rows = seed(pool);
    const operation = await rows.operation(await rows.cluster({ tenant_id: 'default' }));
    const erased = await rows.step(operation, { state: 'SUCCEEDED', completed: 998, total: 998, successful: true });
    const { page } = await open(located(erased));
    await page.getByText('the reports of its 998 successes were erased').waitFor();
    const step = await begun(on.client);
    await page.goto(addressOf(on.app.url, step));
    await page.getByText('Nothing has been reported for this step yet').waitFor();
    await report(on.client, step.id, [{ instanceName: 'first' }]);
    await row(page, 'first').waitFor();
  });

  test('has two lines a row on a phone, and is sound for assistive technology in both', async () => {
    const step = await begun(on.client);
    await report(on.client, step.id, [...numbered(0, 50), { successful: false, eventInfo: 'OSError: no space' }]);
    for (const [wide, height] of [
      [320, 44],
      [1_400, 24],
    ] as const) {
      const { page } = await open(step, '', { viewport: { width: wide, height: 800 } });
      const last = row(page, 'OSError');
      await last.waitFor();
      await eventually(async () => expect((await last.boundingBox())?.height).toBe(height));
      expect(await width(page)).toBeLessThanOrEqual(wide);
      expect(await axeFaults(page)).toEqual([]);
    }
  });
});

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => ({ instanceName: `node-${from + index}` }));

type Page = Parameters<typeof seen>[0];

/** What is seen, once it does not move any more. */
async function settled(page: Page) {
  let last = '';
  return eventually(async () => {
    const now = await seen(page);
    const is = JSON.stringify(now);
    const was = last;
    last = is;
    if (is !== was) throw new Error('expected the log to stand still, but it moves');
    return now;
  }, 300);
}

const focusIs = (page: Page, text: string) => eventually(async () => expect(await focusedRow(page)).toContain(text));
