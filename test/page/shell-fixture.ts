import type { Page } from 'playwright-core';

/** Resolves when the badge says how current the page is in these words. */
export const badge = (page: Page, words: string | RegExp) =>
  page.locator('header [data-status]').filter({ hasText: words }).waitFor();

/** A setting that the document has, such as `data-connection`; null: it has none. */
export const documentHas = (page: Page, attribute: string) =>
  page.evaluate<string | null>(`document.documentElement.getAttribute(${JSON.stringify(attribute)})`);
