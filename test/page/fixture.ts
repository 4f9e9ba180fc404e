import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { type Client, createClient } from '../../src/client/index.js';
import { startApp, type TestApp } from '../support/app.js';
import { openBrowser, type Visit, visit } from '../support/browser.js';

/** A server and a browser for all tests of a file, and a client of that server; there once the tests begin. */
export interface Stage {
  readonly app: TestApp;
  readonly browser: Browser;
  readonly client: Client;
}

export function stage(): Stage {
  const on = {} as { app: TestApp; browser: Browser; client: Client };
  beforeAll(async () => {
    [on.app, on.browser] = await Promise.all([startApp(), openBrowser()]);
    on.client = createClient({ url: `${on.app.url}/graphql` });
  });
  afterAll(async () => {
    await on.browser?.close();
    await on.app?.close();
  });
  return on;
}

/** A page of somebody's own, prepared by `prepare`, closed with the test. Violations of its policy are complaints. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
  prepare?: (page: Page) => Promise<unknown>,
): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  onTestFinished(() => context.close());
  await context.addInitScript(`document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
    console.error('policy violated:', violatedDirective, blockedURI))`);
  return visit(context, url, prepare);
}
