import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../src/client/index.js';
import { startApp } from '../support/app.js';
import { axeFaults } from '../support/axe.js';
import { noBrowser } from '../support/browser.js';
import { eventually } from '../support/wait.js';
import { openPage, stage } from './fixture.js';

describe.skipIf(noBrowser)(`a cluster's page${noBrowser ? ` (${noBrowser})` : ''}`, () => {
  const on = stage();

  async function open(path: string, options: BrowserContextOptions = {}) {
    return openPage(on.browser, `${on.app.url}${path}`, { viewport: { width: 1300, height: 900 }, ...options });
  }

  /** A cluster with an operation of these steps, each of two units unless it says otherwise. */
  async function begin(steps: readonly string[], name = 'prod-eu-7', total: number | null = 2) {
    const cluster = await on.client.createCluster({ name });
    const plan = steps.map((stepName) => ({ stepName, total }));
    const operation = await on.client.startOperation({ clusterId: cluster.id, type: 'CREATING', steps: plan });
    if (!operation) throw new Error('expected an operation');
    return { cluster, operation, steps: operation.steps, path: `/clusters/${cluster.id}` };
  }

  const report = (stepId: string | undefined, instanceId: string, successful = true, eventInfo?: string) =>
    on.client.reportEvents({
      events: [
        { id: crypto.randomUUID(), stepId: stepId ?? '', instanceId, successful, ...(eventInfo && { eventInfo }) },
      ],
    });

  const row = (page: Page, name: string) => page.locator('tbody tr', { hasText: name });
  const selected = (page: Page) => page.locator('tbody tr[data-selected] th a');

  test('shows what is reported as it comes: failing, recovered, succeeded', async () => {
    const { path, steps, operation } = await begin(['Launching instances', 'Waiting for ssh']);
    const { page, complaints } = await open(path);
    await page.getByText('nothing was reported yet, 2 steps planned').waitFor();
    await page.getByRole('heading', { name: 'prod-eu-7', level: 1 }).waitFor();

    await report(steps[0]?.id, 'i-1');
    await row(page, 'Launching').getByText('running').waitFor();
    await row(page, 'Launching').getByText('1 of 2').waitFor();
    await report(steps[0]?.id, 'i-2', false, 'QuotaError: no cores left');
    await page.getByText('Launching instances: 1 of 2 instances failed').waitFor();
    await row(page, 'Launching').getByText('first failure').waitFor();
    await page.getByText('QuotaError: no cores left').first().waitFor();
    await report(steps[0]?.id, 'i-2');
    await row(page, 'Launching').getByText('succeeded').waitFor();
    await page.getByText('Launching instances: 1 of 2 instances failed').waitFor({ state: 'detached' });

    await report(steps[1]?.id, 'i-1');
    await row(page, 'ssh').getByText('running').waitFor();
    expect(await row(page, 'ssh').getAttribute('aria-current')).toBe('step');
    await report(steps[1]?.id, 'i-2');
    await page.getByText(/^Created in /).waitFor();
    await eventually(async () => expect(await page.title()).toBe('✓ prod-eu-7 · Stepcast'));
    expect((await on.client.operation(operation.id))?.state).toBe('SUCCEEDED');
    expect(complaints).toEqual([]);
  });

  test('tells what happens to those who do not see it', async () => {
    const { path, steps } = await begin(['Launching instances']);
    const { page } = await open(path);
    await page.getByText('nothing was reported yet').waitFor();
    await report(steps[0]?.id, 'i-1', false, 'no');
    await page
      .getByRole('status')
      .getByText('First failure: step 1, Launching instances')
      .waitFor({ state: 'attached' });
  });

  test('the step that runs is shown, until another is selected; then it is offered', async () => {
    const { path, steps, operation } = await begin(['first', 'second', 'third']);
    await report(steps[0]?.id, 'i-1');
    const { page } = await open(path);
    await page.locator('tr[data-selected]', { hasText: 'first' }).waitFor();
    await report(steps[0]?.id, 'i-2');
    await report(steps[1]?.id, 'i-1');
    await page.locator('tr[data-selected]', { hasText: 'second' }).waitFor();
    expect(new URL(page.url()).pathname).toBe(path);

    await row(page, 'first').click();
    await page.locator('tr[data-selected]', { hasText: 'first' }).waitFor();
    expect(new URL(page.url()).pathname).toBe(`${path}/operations/${operation.id}/steps/${steps[0]?.id}`);
    await row(page, 'third').click();
    await page.locator('tr[data-selected]', { hasText: 'third' }).waitFor();
    await report(steps[1]?.id, 'i-2');
    await report(steps[2]?.id, 'i-1');
    await page.goBack();
    await page.locator('tr[data-selected]', { hasText: 'first' }).waitFor();
    await page.getByRole('button', { name: 'Step 3 is running now' }).click();
    await page.locator('tr[data-selected]', { hasText: 'third' }).waitFor();
    // The address is that of exactly this.
    await page.reload();
    await page.locator('tr[data-selected]', { hasText: 'third' }).waitFor();
  });

  test('the copied link leads to exactly what is shown, whatever runs by then', async () => {
    const { path, steps, operation } = await begin(['first', 'second']);
    await report(steps[0]?.id, 'i-1');
    const { page } = await open(`${path}?tab=log`, { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.locator('tr[data-selected]', { hasText: 'first' }).waitFor();
    const link = `${on.app.url}${path}/operations/${operation.id}/steps/${steps[0]?.id}?tab=log`;
    const copied = () => page.evaluate('navigator.clipboard.readText()');
    await page.getByRole('button', { name: 'Share' }).click();
    await eventually(async () => expect(await copied()).toBe(link));
    await page.evaluate('navigator.clipboard.writeText("")');
    await page.locator('h1').click();
    await page.keyboard.press('y');
    await eventually(async () => expect(await copied()).toBe(link));
  });

  test('what somebody works with is not replaced by the next step', async () => {
    const { path, steps } = await begin(['first', 'second']);
    await report(steps[0]?.id, 'i-1');
    const { page } = await open(path);
    await page.getByRole('tab', { name: 'Failures 0' }).waitFor();
    await page.getByRole('tab', { name: 'Log' }).click();
    await page.locator('[role=tab][aria-selected=true]', { hasText: 'Log' }).waitFor();
    await report(steps[0]?.id, 'i-2');
    await report(steps[1]?.id, 'i-1');
    await page.getByRole('button', { name: 'Step 2 is running now' }).waitFor();
    expect(await selected(page).textContent()).toBe('first');
    expect(await page.locator('[role=tab][aria-selected=true]').textContent()).toContain('Log');
  });

  test('by keyboard: steps, failures, hiding what succeeded, the running step', async () => {
    const { path, steps } = await begin(['one', 'two', 'three', 'four', 'five'], 'keys', 1);
    await report(steps[0]?.id, 'i-1');
    await report(steps[1]?.id, 'i-1', false, 'no');
    await report(steps[2]?.id, 'i-1');
    await report(steps[3]?.id, 'i-1', false, 'no');
    await on.client.startStep({ stepId: steps[4]?.id ?? '' });
    const { page } = await open(path);
    const press = async (key: string, name: string) => {
      await page.keyboard.press(key);
      await page.locator('tr[data-selected]', { hasText: name }).waitFor();
    };
    await page.locator('tr[data-selected]', { hasText: 'two' }).waitFor();
    await press('j', 'three');
    await press(']', 'four');
    await press('k', 'three');
    await press('n', 'four');
    await press('N', 'two');
    await page.keyboard.press('g');
    await press('r', 'five');
    await page.keyboard.press('h');
    await row(page, 'three').waitFor({ state: 'detached' });
    expect(new URL(page.url()).searchParams.get('hide')).toBe('succeeded');
    await page.keyboard.press('h');
    await row(page, 'three').waitFor();
    // Within the table the arrows do as well, and take the focus along.
    await selected(page).focus();
    await press('ArrowUp', 'four');
    await page.locator('a:focus', { hasText: 'four' }).waitFor();
  });

  test('of many steps, those that succeeded are folded, and unfold', async () => {
    const names = Array.from({ length: 14 }, (_, index) => `task ${String(index + 1).padStart(2, '0')}`);
    const { path, steps } = await begin(names, 'many', 1);
    for (const { id } of steps.slice(0, 10)) await report(id, 'i-1');
    await on.client.startStep({ stepId: steps[10]?.id ?? '' });
    const { page } = await open(path);
    await page.getByRole('button', { name: '1–10: 10 steps' }).click();
    await row(page, 'task 03').waitFor();
    await page.getByLabel('Hide succeeded').check();
    await row(page, 'task 03').waitFor({ state: 'detached' });
    await page.getByText('Hide succeeded (10)').waitFor();
  });

  test('an earlier operation is shown as it ended, and leads to the newest', async () => {
    const { path, cluster, operation, steps } = await begin(['Launching instances', 'Waiting for ssh']);
    await report(steps[0]?.id, 'i-1', false, 'no');
    await on.client.finishOperation({ operationId: operation.id, successful: false, reason: 'given up' });
    for (let index = 0; index < 11; index += 1) {
      const next = await on.client.startOperation({ clusterId: cluster.id, type: 'SCALING', steps: [] });
      await on.client.finishOperation({ operationId: next?.id ?? '', successful: true });
    }
    const { page, complaints } = await open(path);
    await page.getByText('This operation had no steps').waitFor();
    await page.getByText('Operation 12 of 12').click();
    await page.getByRole('button', { name: 'Earlier operations' }).click();
    await page.getByRole('link', { name: /Creating – failed.*given up/ }).click();
    await page.getByText('This is operation 1, an earlier one.').waitFor();
    await page.getByText(/^Creating – failed after .*: given up$/).waitFor();
    await row(page, 'ssh').getByText('not started: step 1 failed').waitFor();
    await page.goto(`${on.app.url}${path}/operations/${crypto.randomUUID()}`);
    await page.getByText('This cluster has no operation with this id').waitFor();
    await page.getByRole('link', { name: 'Its newest operation' }).click();
    await page.getByText('This operation had no steps').waitFor();
    expect(complaints).toEqual([]);
  });

  test('a cluster that is deleted while it is shown stays, and is marked', async () => {
    const { path, cluster, steps } = await begin(['Launching instances']);
    await report(steps[0]?.id, 'i-1');
    const { page } = await open(path);
    await row(page, 'Launching').getByText('running').waitFor();
    await on.client.deleteCluster({ id: cluster.id });
    await page.getByText(/^This cluster was deleted at /).waitFor();
    await row(page, 'Launching').waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'There is no cluster with this id' }).waitFor();
  });

  test('while there is no connection, no clock runs, nothing is expected, and nothing moves', async () => {
    const own = await startApp();
    const reporter = createClient({ url: `${own.url}/graphql` });
    const cluster = await reporter.createCluster({ name: 'cut off' });
    const started = { clusterId: cluster.id, type: 'CREATING' as const, steps: [{ stepName: 'one', total: 2 }] };
    const operation = await reporter.startOperation(started);
    await reporter.startStep({ stepId: operation?.steps[0]?.id ?? '' });
    const { page } = await openPage(on.browser, `${own.url}/clusters/${cluster.id}`);
    await page.getByText(/^Creating – running for /).waitFor();
    await page.locator('table[data-running]').waitFor();
    await own.close();
    await page.getByText(/^Creating – began at /).waitFor();
    await page.locator('table:not([data-running])').waitFor();
    await row(page, 'one').getByText('running').waitFor();
    const moving = 'document.getAnimations().filter((animation) => animation.playState === "running").length';
    await eventually(async () => expect(await page.evaluate(moving)).toBe(0));
  });

  test('a server that records nothing is said to', async () => {
    const silent = await startApp({ eventLog: false });
    onTestFinished(() => silent.close());
    const cluster = await createClient({ url: `${silent.url}/graphql` }).createCluster({ name: 'silent' });
    const { page } = await openPage(on.browser, `${silent.url}/clusters/${cluster.id}`);
    await page.getByRole('heading', { name: 'The event log of this server is switched off' }).waitFor();
  });

  test('says what is the matter where there is nothing to show', async () => {
    const { page } = await open('/data_processing/clusters/nowhere');
    await page.getByRole('heading', { name: 'There is no cluster with this id' }).waitFor();
    const idle = await on.client.createCluster({ name: 'idle' });
    await page.goto(`${on.app.url}/clusters/${idle.id}`);
    await page.getByText('Nothing has been done to this cluster yet').waitFor();
    await on.client.startOperation({ clusterId: idle.id, type: 'CREATING', steps: [] });
    await page.getByRole('heading', { name: 'No steps are planned yet' }).waitFor();
    const { path, operation } = await begin(['Launching instances']);
    await page.goto(`${on.app.url}${path}/operations/${operation.id}/steps/deleted`);
    await page.getByRole('heading', { name: 'This operation has no step with this id' }).waitFor();
    await page.getByText('Shown instead: Launching instances').waitFor();
    await page.getByRole('tab', { name: 'Log' }).click();
    await page.getByRole('heading', { name: 'This operation has no step with this id' }).waitFor({ state: 'detached' });
  });

  test('markup, control characters and long names stay text, within the page', async () => {
    const name = `<img src=x onerror=alert(1)>\u202e\u001b[31m${'x'.repeat(200)}`;
    const { path, steps } = await begin([`<b>bold</b> ${'y'.repeat(240)}`, 'תצורת שרת'], name);
    await report(steps[0]?.id, '<i>one</i>', false, '<script>alert(1)</script>');
    for (const width of [1300, 320]) {
      const { page, complaints } = await open(path, { viewport: { width, height: 900 } });
      await page.getByRole('heading', { name: '<img src=x onerror=alert(1)>\\u{202e}x' }).waitFor();
      await row(page, '<b>bold</b>').first().waitFor();
      const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
      expect([width, await page.evaluate(overflow)]).toEqual([width, 0]);
      expect(complaints).toEqual([]);
    }
  });

  test('each state has its icon and its word, and axe finds nothing serious, by light and by dark', async () => {
    const { path, steps, operation } = await begin(['one', 'two', 'three'], 'states', 1);
    await report(steps[0]?.id, 'i-1');
    await report(steps[1]?.id, 'i-1', false, 'no');
    const running = { succeeded: 'succeeded', failed: 'failed', planned: 'planned' };
    const { page } = await open(path);
    const states = async (expected: Record<string, string>) => {
      for (const [look, word] of Object.entries(expected)) {
        const state = page.locator(`tbody tr[data-look=${look}]`).first();
        await state.getByText(word, { exact: true }).waitFor();
        expect(await state.locator(`svg.look-${look}`).count()).toBe(1);
      }
    };
    await states(running);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await axeFaults(page)).toEqual([]);
    }
    await on.client.finishOperation({ operationId: operation.id, successful: false });
    await states({ skipped: 'skipped' });
    expect(await axeFaults(page)).toEqual([]);
  });

  test('nothing moves for those who want no motion', async () => {
    const { path, steps } = await begin(['one']);
    await report(steps[0]?.id, 'i-1');
    const moving = 'document.getAnimations().filter((animation) => animation.playState === "running").length';
    const { page } = await open(path, { reducedMotion: 'reduce' });
    await row(page, 'one').getByText('running').waitFor();
    expect(await page.evaluate(moving)).toBe(0);
    const lively = await open(path);
    await row(lively.page, 'one').getByText('running').waitFor();
    await eventually(async () => expect(await lively.page.evaluate(moving)).toBeGreaterThan(0));
  });
});
