import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { type Visit, visit } from '../support/browser.js';

/** A page of somebody's own, prepared by `prepare`, closed with the test. Violations of its policy are complaints. */
export async function open(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
  prepare?: (page: Page) => Promise<unknown>,
): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 }, ...options });
  onTestFinished(() => context.close());
  await context.addInitScript(`document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
    console.error('policy violated:', violatedDirective, blockedURI))`);
  return visit(context, url, prepare);
}

/** Resolves when the badge says how current the page is in these words. */
export const badge = (page: Page, words: string | RegExp) =>
  page.locator('header [data-status]').filter({ hasText: words }).waitFor();

/** A setting that the document has, such as `data-connection`; null: it has none. */
export const documentHas = (page: Page, attribute: string) =>
  page.evaluate<string | null>(`document.documentElement.getAttribute(${JSON.stringify(attribute)})`);
