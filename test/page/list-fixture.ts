import type { Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { createClient } from '../../src/client/index.js';
import { startApp } from '../support/app.js';

/** A server of its own, whose clusters are only those that the test makes. */
export async function ownServer() {
  const app = await startApp();
  onTestFinished(() => app.close());
  return { app, client: createClient({ url: `${app.url}/graphql` }) };
}

export const rows = (page: Page) => page.getByRole('table', { name: 'Clusters' }).locator('[data-id]');

/** The names of the rows that are drawn, from top to bottom. */
export const names = (page: Page) => rows(page).getByRole('rowheader').allTextContents();

export const chip = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Clusters by state' }).getByRole('link', { name });
