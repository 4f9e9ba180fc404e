import { describe, expect, test } from 'vitest';
import { axeFaults } from '../support/axe.js';
import { noBrowser } from '../support/browser.js';
import { openPage, stage } from './fixture.js';
import { begun, report } from './log-fixture.js';

describe.skipIf(noBrowser)(`looking up an error id${noBrowser ? ` (${noBrowser})` : ''}`, () => {
  const on = stage();

  const open = async (errorId: string) => {
    return openPage(on.browser, `${on.app.url}/errors/${encodeURIComponent(errorId)}`, {
      viewport: { width: 1400, height: 900 },
    });
  };
  const failure = (errorId: string, instanceName = 'worker-1') => ({
    successful: false,
    errorId,
    instanceName,
    eventInfo: `Traceback (most recent call last):\nQuotaError: quota exceeded for ${instanceName}`,
  });

  test('of one failure leads to exactly where it happened', async () => {
    const step = await begun(on.client);
    const [, id] = await report(on.client, step.id, [{ instanceName: 'worker-0' }, failure('told by phone/1')]);
    const { page, complaints } = await open('told by phone/1');
    await page.getByRole('dialog').getByText('QuotaError: quota exceeded for worker-1').waitFor();
    const { pathname, searchParams } = new URL(page.url());
    expect(pathname).toBe(`/clusters/${step.clusterId}/operations/${step.operationId}/steps/${step.id}`);
    expect([searchParams.get('tab'), searchParams.get('event')]).toEqual(['log', id]);
    // The look-up itself is no stop on the way back.
    await page.goBack();
    expect(page.url()).toBe('about:blank');
    expect(complaints).toEqual([]);
  });

  test('that several failures share is a choice', async () => {
    const step = await begun(on.client);
    await report(on.client, step.id, [failure('shared', 'worker-1'), failure('shared', 'worker-2')]);
    const { page } = await open('shared');
    await page.getByRole('heading', { name: '2 failures with error id shared' }).waitFor();
    await page.getByText('worker-1', { exact: true }).waitFor();
    expect(await axeFaults(page)).toEqual([]);
    await page.getByRole('link', { name: 'QuotaError: quota exceeded for worker-2' }).click();
    await page.getByRole('dialog').getByText('QuotaError: quota exceeded for worker-2').waitFor();
  });

  test('that names nothing says why that may be, and another can be looked up', async () => {
    const step = await begun(on.client);
    await report(on.client, step.id, [failure('right')]);
    const { page, complaints } = await open('<b>wrong</b>');
    await page.getByRole('heading', { name: 'No failure has this error id' }).waitFor();
    await page.getByText('<b>wrong</b>', { exact: true }).waitFor();
    expect(await axeFaults(page)).toEqual([]);
    await page.getByLabel('Error id', { exact: true }).fill(' error id: "right" ');
    await page.getByLabel('Error id', { exact: true }).press('Enter');
    await page.getByRole('dialog').getByText('QuotaError').waitFor();
    expect(complaints).toEqual([]);
  });

  test('begins in the header of every view, or by two keys', async () => {
    const step = await begun(on.client);
    await report(on.client, step.id, [failure('asked for')]);
    const { page, complaints } = await openPage(on.browser, on.app.url);
    await page.getByRole('banner').getByRole('link', { name: 'Look up an error id' }).click();
    await page.getByRole('heading', { level: 1, name: 'Look up an error id' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/errors');
    expect(await axeFaults(page)).toEqual([]);
    await page.getByRole('link', { name: 'Clusters' }).click();
    await page.getByRole('heading', { level: 1, name: 'Clusters' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('e');
    await page.getByLabel('Error id', { exact: true }).fill('asked for');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByText('QuotaError').waitFor();
    expect(complaints).toEqual([]);
  });

  test('of a cluster that was deleted is shown whole', async () => {
    const step = await begun(on.client);
    await report(on.client, step.id, [failure('of the gone')]);
    await on.client.deleteCluster({ id: step.clusterId });
    const { page } = await open('of the gone');
    await page.getByText('cluster deleted').waitFor();
    await page.getByRole('region', { name: 'What was reported' }).getByText('Traceback').waitFor();
  });
});
