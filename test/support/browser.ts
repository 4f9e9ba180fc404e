import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Why browser tests cannot run here; undefined when they can, or must (CI). */
export const noBrowser =
  existsSync(executablePath) || process.env.CI
    ? undefined
    : `no Chromium at ${executablePath}: set CHROMIUM to its path`;

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] });

export interface Visit {
  readonly page: Page;
  /** Errors of the page, and its requests to other servers, which are blocked. */
  readonly complaints: string[];
}

/** Opens a page that can reach its own server only. `prepare` is called before it is loaded. */
export async function visit(
  visitor: BrowserContext,
  url: string,
  prepare: (page: Page) => Promise<unknown> = async () => {},
): Promise<Visit> {
  const page = await visitor.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  await page.route('**', (route) => {
    if (new URL(route.request().url()).host === new URL(url).host) return route.continue();
    complaints.push(`asked for ${route.request().url()}`);
    return route.abort();
  });
  await prepare(page);
  await page.goto(url);
  return { page, complaints };
}
