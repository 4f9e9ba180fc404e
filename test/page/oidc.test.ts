import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient, reportInstances, restartable, runningStep } from '../client/fixture.js';
import { noBrowser, openBrowser, visit } from '../support/browser.js';
import { type Behaviour, testProvider } from '../support/provider.js';
import { until } from '../support/wait.js';
import { openPage } from './fixture.js';
import { badge } from './shell-fixture.js';

describe.skipIf(noBrowser)(`signing in by an OpenID provider${noBrowser ? ` (${noBrowser})` : ''}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  /** A server whose viewers a provider signs in, with a cluster of which 2 of 4 instances are there, and a page at it. */
  async function stage(behaviour: Partial<Behaviour> = {}) {
    const provider = await testProvider(behaviour);
    const server = await restartable({ auth: provider.auth });
    const client = createClient({ url: server.url, token: await provider.token(['REPORTER']) });
    const { clusterId, stepId } = await runningStep(client, 4);
    await reportInstances(client, stepId, 0, 2);
    const place = `${new URL(server.url).origin}/clusters/${clusterId}?tab=units`;
    const { page, complaints } = await openPage(browser, place, {}, (page) => reaching(page, provider.issuer));
    return { provider, client, stepId, place, page, complaints };
  }

  test('leads back to the place, as whom the provider says, and keeps nothing of it in the address', async () => {
    const { provider, place, page, complaints } = await stage();
    await signIn(page, provider.issuer);
    await badge(page, /^live$/);
    expect(page.url()).toBe(place);
    await shows(page, '2 of 4');
    await page.getByRole('button', { name: /^Signed in, tenant default/ }).click();
    await page.getByRole('dialog').getByText('Dr ada').waitFor();
    await page.getByRole('dialog').getByText('look (VIEWER)').waitFor();
    await page.reload();
    await badge(page, /^live$/);
    expect(complaints).toEqual([]);
  });

  test('tokens are renewed while the page is open, by one of its tabs, and nothing is missed', async () => {
    const { provider, client, stepId, place, page, complaints } = await stage({ seconds: 4 });
    await signIn(page, provider.issuer);
    await badge(page, /^live$/);
    const { page: other } = await visit(page.context(), place, (page) => reaching(page, provider.issuer));
    await badge(other, /^live$/);
    const before = provider.renewals();
    await until(() => provider.renewals() >= before + 3);
    await reportInstances(client, stepId, 2, 2);
    for (const tab of [page, other]) {
      await shows(tab, '4 of 4');
      await badge(tab, /^live$/);
      expect(await tab.getByRole('alert').count()).toBe(0);
    }
    expect(complaints.filter((complaint) => !/status of 401/.test(complaint))).toEqual([]);
  });

  test('without renewal, one click leads back to the same place, with nothing missed', async () => {
    const { provider, client, stepId, place, page } = await stage({ seconds: 4, renews: false });
    await signIn(page, provider.issuer);
    await shows(page, '2 of 4');
    await badge(page, /^signed out$/);
    await shows(page, '2 of 4');
    await reportInstances(client, stepId, 2, 2);
    provider.behaviour.seconds = 3600;
    await atProvider(page, provider.issuer);
    await page.getByRole('button', { name: 'Continue' }).click();
    await badge(page, /^live$/);
    await shows(page, '4 of 4');
    expect(page.url()).toBe(place);
  });

  test('a renewal that is refused signs out, and the place stays', async () => {
    const { provider, place, page } = await stage({ seconds: 4 });
    await signIn(page, provider.issuer);
    await badge(page, /^live$/);
    // The refresh token is no longer one of the provider's.
    await page.evaluate(`for (const [key, value] of Object.entries(localStorage))
      if (key.startsWith('stepcast.oidc.'))
        localStorage.setItem(key, value.replace(/"refresh_token":"[^"]+"/, '"refresh_token":"none"'))`);
    await badge(page, /^signed out$/);
    await shows(page, '2 of 4');
    expect(page.url()).toBe(place);
  });

  test('what the provider answers, and that it is away, is told in words', async () => {
    const { provider, place, page } = await stage();
    await atProvider(page, provider.issuer);
    await page.getByRole('link', { name: 'Cancel' }).click();
    await alerts(page, 'failed: access_denied');
    expect(page.url()).toBe(place);

    await page.goto(new URL('/signed-in?code=x&state=y', place).href);
    await alerts(page, 'it was not begun in this browser, or is over already');

    await provider.close();
    await page.getByRole('button', { name: /^Sign in at/ }).click();
    await alerts(page, `The sign-in provider at ${provider.issuer} cannot be reached`);
  });

  test('signing out has the provider forget the refresh token, and the browser everything', async () => {
    const { provider, page } = await stage();
    await signIn(page, provider.issuer);
    await page.getByRole('button', { name: /^Signed in, tenant default/ }).click();
    const kept = await page.evaluate<string>('JSON.stringify(Object.values(localStorage))');
    const token = /refresh_token[\\"]+:[\\"]+([\w-]+)/.exec(kept)?.[1] as string;
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    expect(await page.evaluate('Object.keys(localStorage).filter((key) => /session|oidc/.test(key))')).toEqual([]);
    expect(await provider.renew(token)).toMatchObject({ error: 'invalid_grant' });
  });

  test('GraphiQL signs in there as well, and is come back to', async () => {
    const { provider, place, page } = await stage();
    await page.goto(new URL('/graphiql/', place).href);
    await signIn(page, provider.issuer);
    await page.getByRole('button', { name: 'Sign out (Dr ada)' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/graphiql/');
  });

  test('the page may ask its server and the provider, and nobody else', async () => {
    const { provider, place } = await stage();
    for (const path of [place, new URL('/graphiql/', place)]) {
      const { headers } = await fetch(path, { headers: { accept: 'text/html' } });
      expect(headers.get('content-security-policy')).toContain(`connect-src 'self' ${provider.issuer};`);
    }
  });
});

/** Lets a page go to the provider: others than its own server are blocked. What that loads from elsewhere is answered with nothing. */
async function reaching(page: Page, issuer: string): Promise<void> {
  await page.route('**', (route) => {
    const request = route.request();
    if (new URL(request.url()).origin === issuer) return route.continue();
    if (request.frame().url().startsWith(issuer) && !request.isNavigationRequest()) return route.fulfill({ body: '' });
    return route.fallback();
  });
}

const atProvider = async (page: Page, issuer: string) => {
  await page.getByRole('button', { name: `Sign in at ${new URL(issuer).host}` }).click();
  await page.waitForURL(`${issuer}/**`);
};

async function signIn(page: Page, issuer: string): Promise<void> {
  await atProvider(page, issuer);
  await page.getByPlaceholder('Enter any login').fill('ada');
  await page.getByPlaceholder('and password').fill('any');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
}

const shows = (page: Page, text: string) => page.getByText(text, { exact: false }).first().waitFor();
const alerts = (page: Page, text: string) => page.getByRole('alert').getByText(text).waitFor();
