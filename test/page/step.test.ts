import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { axeFaults } from '../support/axe.js';
import { noBrowser } from '../support/browser.js';
import { eventually } from '../support/wait.js';
import { openPage, stage } from './fixture.js';

const traceback = (cores: number) =>
  [
    'Traceback (most recent call last):',
    '  File "/opt/launch.py", line 214, in launch',
    '    cloud.create_server(name)',
    `QuotaError: quota exceeded for ${cores} cores`,
  ].join('\n');

/** How many pixels of the cells have which colour, what is transparent apart. */
const colorsOfCells = `(() => {
  const canvas = document.querySelector('canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const counts = {};
  for (const color of new Uint32Array(data.buffer)) if (color >>> 24 === 255) counts[color] = (counts[color] ?? 0) + 1;
  return counts;
})()`;

describe.skipIf(noBrowser)(`a step's panel${noBrowser ? ` (${noBrowser})` : ''}`, () => {
  const on = stage();

  /** A running operation of two steps of so many units. */
  async function provision(total: number, pluginName: string | null = null) {
    const { id } = await on.client.createCluster({ name: 'spark-dev', pluginName });
    const steps = ['Launching instances', 'Waiting for ssh'].map((stepName) => ({ stepName, total }));
    const operation = await on.client.startOperation({ clusterId: id, type: 'CREATING', steps });
    const [launching, waiting] = (await on.client.operation(operation?.id ?? ''))?.steps ?? [];
    if (!operation || !launching || !waiting) throw new Error('expected a running operation of two steps');
    return { id, operation: operation.id, launching: launching.id, waiting: waiting.id };
  }
  type Place = Awaited<ReturnType<typeof provision>>;

  const report = (stepId: string, name: string, more: { eventInfo?: string; nodeGroupId?: string } = {}) => ({
    ...{
      id: randomUUID(),
      stepId,
      instanceName: name,
      nodeGroupId: 'worker',
      successful: more.eventInfo === undefined,
    },
    ...more,
  });
  const worker = (index: number) => `worker-${String(index).padStart(4, '0')}`;
  async function send(events: ReturnType<typeof report>[]): Promise<void> {
    for (let at = 0; at < events.length; at += 1_000) {
      const { results } = await on.client.reportEvents({ events: events.slice(at, at + 1_000) });
      expect(results.filter(({ outcome }) => outcome !== 'RECORDED')).toEqual([]);
    }
  }

  async function open({ id, operation, launching }: Place, search = '', step = launching) {
    const address = `${on.app.url}/clusters/${id}/operations/${operation}/steps/${step}${search}`;
    return openPage(on.browser, address, { viewport: { width: 1280, height: 900 } });
  }
  const rows = (page: Page) => page.getByRole('table', { name: 'Units of' }).getByRole('row');
  const cells = (page: Page) => page.getByRole('img', { name: 'Units of' });

  test('shows units as they report, as cells and in an equal table', async () => {
    const place = await provision(100);
    await send([report(place.launching, worker(1)), report(place.launching, worker(2))]);
    const { page, complaints } = await open(place);
    await page.getByRole('img', { name: 'Launching instances: 2 done, 0 failed, 98 not reported yet' }).waitFor();
    await send([report(place.launching, worker(10)), report(place.launching, worker(3), { eventInfo: traceback(8) })]);
    await page.getByRole('img', { name: '3 done, 1 failed, 96 not reported yet' }).waitFor();
    await page.getByRole('list', { name: 'Units by state' }).getByText('96 not reported yet').waitFor();
    await page.getByText('Failed, waiting to be tried again').waitFor();

    await page.keyboard.press('u');
    await page.getByRole('row', { name: /worker-0003 .*failed .*quota exceeded for 8 cores/ }).waitFor();
    await eventually(async () =>
      expect((await rows(page).getByRole('rowheader').allTextContents()).map((name) => name.trim())).toEqual([
        'worker-0001',
        'worker-0002',
        'worker-0003',
        'worker-0010',
      ]),
    );
    expect(new URL(page.url()).searchParams.get('view')).toBe('table');

    await send([report(place.launching, worker(3))]);
    await page.getByRole('row', { name: /worker-0003 .*done .*2/ }).waitFor();
    await page.keyboard.press('u');
    await page.getByRole('img', { name: '4 done, 0 failed, 96 not reported yet' }).waitFor();
    expect(complaints).toEqual([]);
  });

  test('leads from a cell to what was reported of its unit in all steps', async () => {
    const place = await provision(60);
    await send(Array.from({ length: 60 }, (_, index) => report(place.launching, worker(index + 1))));
    await send([report(place.waiting, worker(1), { eventInfo: traceback(8) }), report(place.waiting, worker(1))]);
    const { page, complaints } = await open(place, '?tab=units', place.waiting);
    await cells(page).hover({ position: { x: 5, y: 5 } });
    await page.getByText('attempt 2').waitFor();
    await cells(page).click({ position: { x: 5, y: 5 } });
    const panel = page.getByRole('dialog', { name: worker(1) });
    await panel.getByText('done in this step').waitFor();
    await panel.getByText('Its last failure').waitFor();
    expect(await panel.getByRole('listitem').allTextContents()).toEqual([
      expect.stringMatching(/^Launching instances/),
      expect.stringMatching(/^Waiting for ssh.*failed.*quota exceeded for 8 cores/),
      expect.stringMatching(/^Waiting for ssh.*succeeded/),
    ]);
    expect(new URL(page.url()).searchParams.get('unit')).toBe(worker(1));
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
  });

  test('names the causes of failures, and shows a traceback after few keys', async () => {
    const place = await provision(4);
    await send([report(place.launching, worker(1)), report(place.launching, worker(2), { eventInfo: traceback(8) })]);
    await send([report(place.launching, worker(3), { eventInfo: traceback(16) })]);
    await send([report(place.launching, worker(4), { eventInfo: 'OSError: image is locked' })]);
    await send([report(place.launching, worker(4))]);
    const { page, complaints } = await open(place);
    await page.getByRole('tab', { name: 'Failures 2 causes', selected: true }).waitFor();
    const cause = page.getByRole('article', { name: 'QuotaError: quota exceeded for <n> cores' });
    await cause.getByText('2 units (50 % of 4) failed now').waitFor();
    const links = cause.getByRole('list', { name: 'Instances' }).getByRole('button');
    expect(await links.allTextContents()).toEqual([worker(2), worker(3)]);
    await page.keyboard.press('c');
    await eventually(async () => expect(await page.locator(':focus').textContent()).toBe(traceback(8)));
    await cause.getByRole('button', { name: 'Next' }).click();
    await page.getByText('Traceback of worker-0003 (2 of 2)').waitFor();

    const recovered = page.getByRole('article', { name: 'OSError: image is locked' });
    expect(await recovered.isVisible()).toBe(false);
    await page.getByText('1 cause recovered').click();
    await recovered.waitFor();

    await send([report(place.launching, worker(3)), report(place.launching, worker(2))]);
    await page.getByText('No unit stands failed any more').waitFor();
    expect(complaints).toEqual([]);
  });

  test('shows every text as text, without colours of terminals, and long ones cut', async () => {
    const place = await provision(4);
    const markup = '<img src=x onerror="document.title=1"> \u001b[31mred\u001b[0m failed';
    const long = `Error: ${'y'.repeat(60_000)} the end`;
    await send([
      report(place.launching, '<b>bold</b>', { eventInfo: markup, nodeGroupId: '<i>group</i>' }),
      report(place.launching, 'x'.repeat(255), { eventInfo: long }),
      report(place.launching, '\u202eevil', { eventInfo: 'Error: فشل' }),
    ]);
    const { page, complaints } = await open(place);
    await page.getByRole('region', { name: 'Traceback of <b>bold</b>' }).waitFor({ state: 'attached' });
    await page.getByRole('button', { name: '\\u{202e}evil' }).waitFor();
    const shown = await page.locator('main').textContent();
    expect(shown).toContain('<img src=x onerror="document.title=1"> red failed');
    expect(shown).not.toContain('\u001b');
    expect(shown).not.toContain('\u202e');

    const whole = page.getByRole('region', { name: `Traceback of ${'x'.repeat(255)}` });
    await page
      .getByText(`Traceback of ${'x'.repeat(255)}`)
      .first()
      .click();
    expect((await whole.textContent())?.length).toBeLessThan(10_000);
    expect(await whole.textContent()).toContain('the end');
    const article = page.getByRole('article').filter({ has: whole });
    await article.getByRole('button', { name: 'Show all' }).click();
    await eventually(async () => expect(await whole.textContent()).toBe(long));

    await page.getByRole('tab', { name: 'Units' }).click();
    await page.getByRole('tab', { name: 'Units', selected: true }).press('Enter');
    await page.getByRole('row', { name: '<b>bold</b> <i>group</i> failed' }).waitFor();
    expect(complaints).toEqual([]);
  });

  test('says in words what has no picture: units that never reported, are not named, or are not known', async () => {
    const ended = await provision(60);
    await send([report(ended.launching, worker(1)), report(ended.launching, worker(2), { eventInfo: traceback(8) })]);
    await on.client.finishOperation({ operationId: ended.operation, successful: false, reason: 'timed out' });
    const { page } = await open(ended, '?tab=units');
    await page.getByRole('img', { name: '1 done, 1 failed, 58 never reported' }).waitFor();
    await page.getByText('Left failed').waitFor();
    const skipped = await open(ended, '', ended.waiting);
    await skipped.page.getByText('This step was skipped').waitFor();

    const unnamed = await provision(60);
    await on.client.reportEvents({
      events: Array.from({ length: 9 }, () => ({ id: randomUUID(), stepId: unnamed.launching, successful: true })),
    });
    await on.client.finishStep({ stepId: unnamed.launching, successful: false, eventInfo: 'Error: the host is gone' });
    const whole = await open(unnamed);
    await whole.page.getByText('The step as a whole failed', { exact: true }).waitFor();
    await whole.page.getByRole('tab', { name: 'Units' }).click();
    await whole.page.getByText('Not every report named an instance').waitFor();
  });

  test('links to a cause', async () => {
    const place = await provision(60);
    const causes = ['OSError: image is locked', 'QuotaError: no cores are left', 'SshError: the key is refused'];
    await send(causes.map((eventInfo, index) => report(place.launching, worker(index), { eventInfo })));
    const groups = await on.client.stepErrorGroups(place.launching);
    const last = groups.at(-1);
    const { page } = await open(place, `?tab=failures&cause=${encodeURIComponent(last?.id ?? '')}`);
    await page
      .getByRole('article', { name: last?.message ?? '' })
      .getByRole('region', { name: 'Traceback of' })
      .waitFor();
    expect(await page.getByRole('region', { name: 'Traceback of' }).count()).toBe(2);
  });

  test('compares with earlier runs', async () => {
    const plugin = `spark-${randomUUID()}`;
    for (let run = 0; run < 3; run++) {
      const earlier = await provision(2, plugin);
      await send([report(earlier.launching, worker(1)), report(earlier.launching, worker(2))]);
    }
    const place = await provision(3, plugin);
    await send([report(place.launching, worker(1))]);
    const { page, complaints } = await open(place, '?tab=earlier');
    await page.getByText('in the last 3 runs that succeeded; now').waitFor();
    expect(await page.getByRole('tabpanel').getByRole('row').count()).toBe(5);
    await page.getByRole('row', { name: /this run.*running/ }).waitFor();
    await send([report(place.launching, worker(2), { eventInfo: traceback(2) })]);
    await page.getByRole('row', { name: /this run.*failing/ }).waitFor();
    await page.getByText('in the last 3 runs that succeeded; now').waitFor();
    expect(complaints).toEqual([]);
  });

  test('draws what comes in piece by piece as it would draw it at once', async () => {
    const place = await provision(700);
    const { page, complaints } = await open(place, '?tab=units');
    await page.getByRole('img', { name: '0 done, 0 failed, 700 not reported yet' }).waitFor();
    for (let batch = 0; batch < 5; batch++) {
      const group = (index: number) => ({ nodeGroupId: index % 3 === 0 ? 'gpu' : 'worker' });
      const failed = (index: number) => (index % 40 === 7 ? { eventInfo: traceback(index) } : {});
      const indexes = Array.from({ length: 100 }, (_, index) => batch * 100 + index);
      await send(indexes.map((index) => report(place.launching, worker(index), { ...group(index), ...failed(index) })));
      await page.getByRole('img', { name: `${600 - batch * 100} not reported yet` }).waitFor();
    }
    await page.getByRole('img', { name: '487 done, 13 failed, 200 not reported yet' }).waitFor();
    const picture = () => page.evaluate<string>(`document.querySelector('canvas').toDataURL()`);
    const piecemeal = await picture();
    await page.emulateMedia({ colorScheme: 'dark' });
    await eventually(async () => expect(await picture()).not.toBe(piecemeal));
    await page.emulateMedia({ colorScheme: 'light' });
    await eventually(async () => expect((await picture()) === piecemeal).toBe(true));

    await page.getByRole('button', { name: 'Put what came later in its place' }).click();
    await eventually(async () => expect(await picture()).not.toBe(piecemeal));
    expect(complaints).toEqual([]);
  });

  test('draws 10,000 units with few elements', async () => {
    const place = await provision(10_000);
    const events = Array.from({ length: 10_000 }, (_, index) =>
      report(place.launching, worker(index + 1), index === 4_321 ? { eventInfo: traceback(8) } : {}),
    );
    await send(events);
    const { page, complaints } = await open(place, '?tab=units');
    await page.getByRole('img', { name: '9,999 done, 1 failed' }).waitFor();
    const colors = await page.evaluate<Record<string, number>>(colorsOfCells);
    const [done = 0, failed = 0] = Object.values(colors).sort((a, b) => b - a);
    expect([done > 100_000, failed > 0]).toEqual([true, true]);
    const elements = () => page.evaluate<number>(`document.querySelectorAll('*').length`);
    expect(await elements()).toBeLessThan(600);
    await page.keyboard.press('u');
    await page.getByText('10,000 units').waitFor();
    await page.getByPlaceholder('Name or node group').fill('4322');
    await page.getByRole('row', { name: /worker-4322 .*failed/ }).waitFor();
    await page.getByPlaceholder('Name or node group').fill('');
    await page.getByText('10,000 units').waitFor();
    expect(await elements()).toBeLessThan(1_500);
    expect(complaints).toEqual([]);
  });

  test('has nothing that keeps people from using it', async () => {
    const place = await provision(60, 'spark');
    await send(Array.from({ length: 50 }, (_, index) => report(place.launching, worker(index + 1))));
    await send([report(place.launching, worker(51), { eventInfo: traceback(8) })]);
    const views = ['?tab=failures', '?tab=units', '?tab=units&view=table', '?tab=earlier', `?unit=${worker(51)}`];
    for (const view of views) {
      const { page } = await open(place, view);
      await page.getByRole('tab', { name: 'Failures 1 cause' }).waitFor();
      if (view.startsWith('?unit')) await page.getByText('Why it stands failed').waitFor();
      expect([view, await axeFaults(page)]).toEqual([view, []]);
    }
  });
});
