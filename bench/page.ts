// What the web page makes of many units, long logs and many clusters: timed by the browser, beside a page that draws every row.
import { setTimeout as delay } from 'node:timers/promises';
import type { Load, Loaded } from './clients/reporters.js';
import type { Run } from './support/bench.js';
import { hasBrowser, openTab, type Tab } from './support/browser.js';
import type { Child } from './support/child.js';
import { type Figure, single } from './support/figure.js';
import { fleet, type Target } from './support/fleet.js';
import { type Server, startClients, startServer } from './support/server.js';
import { percentile } from './support/statistics.js';

export async function page(run: Run): Promise<Figure[]> {
  if (!hasBrowser) {
    run.say('page: no Chromium at /usr/bin/chromium (CHROMIUM names another): left out');
    return [];
  }
  const server = await startServer(run);
  const reporters = startClients(run, 'reporters');
  return [
    ...(await cells(run, server, reporters)),
    ...(await log(run, server, reporters)),
    ...(await list(run, server, reporters)),
    ...(await long(run, server, reporters)),
  ];
}

const addressOf = ({ url }: Server, path: string) => new URL(path, url).href;

/** 2000 reports a second of 10,000 units of one step, while somebody looks at it and presses a key each second. */
async function cells(run: Run, server: Server, reporters: Child): Promise<Figure[]> {
  const units = run.size(10_000, 200);
  const seconds = run.size(30, 1);
  const figures: Figure[] = [];
  for (const { name, path, aims } of [
    {
      name: 'the page',
      path: ({ clusterId }: Target) => `/clusters/${clusterId}?tab=units&view=cells`,
      aims: { rate: '2000', frames: '≤ 50', inputs: '≤ 100', heap: 'flat' },
    },
    { name: 'a page that draws every row', path: ({ clusterId }: Target) => `/every-row?${clusterId}`, aims: null },
  ]) {
    // One unit is never reported, so that the step goes on.
    const [target] = (await fleet(server.url, 1, 1, units + 1)) as [Target];
    const { page, heap, taken } = await open(run);
    await page.goto(addressOf(server, path(target)));
    const load: Load = { url: server.url, connections: 8, stepIds: target.stepIds, events: 10, units, perSecond: 200 };
    await reporters.ask('report', { ...load, reports: units / 10 });
    const before = await heap();
    await taken();
    const reported = reporters.ask<Loaded>('report', { ...load, seconds });
    await press(page, seconds);
    const { reports, seconds: took } = await reported;
    const { frames, inputs } = await taken();
    figures.push(
      single('page', (reports * 10) / took, `reports/s of ${units} units: ${name}`, aims?.rate ?? null),
      single('page', percentile(frames, 0.95), `ms between frames meanwhile, p95: ${name}`, aims?.frames ?? null),
      single('page', answered(inputs, seconds), `ms until an input is answered, p95: ${name}`, aims?.inputs ?? null),
      single('page', (await heap()) - before, `MB of heap gained meanwhile: ${name}`, aims?.heap ?? null),
    );
    await page.close();
  }
  return figures;
}

/** A log of 100,000 events, opened at its newest. */
async function log(run: Run, server: Server, reporters: Child): Promise<Figure[]> {
  const [target] = (await fleet(server.url, 1)) as [Target];
  const events = run.size(100_000, 1000);
  await reporters.ask('report', {
    url: server.url,
    connections: 4,
    stepIds: target.stepIds,
    events: 100,
    reports: events / 100,
  });
  const { page } = await open(run);
  const begun = performance.now();
  await page.goto(addressOf(server, `/clusters/${target.clusterId}?tab=log`));
  await page.locator('[role=log] [data-event]').first().waitFor();
  const opened = performance.now() - begun;
  await page.close();
  return [single('page', opened, `ms until the newest of ${events} events are seen, from an empty tab`, '≤ 1000')];
}

/** A list of 5000 clusters, 200 of which change. */
async function list(run: Run, server: Server, reporters: Child): Promise<Figure[]> {
  const targets = await fleet(server.url, run.size(5_000, 50));
  const { page, taken } = await open(run);
  await page.goto(addressOf(server, '/'));
  await page.locator('[role=row]').nth(5).waitFor();
  await taken();
  const stepIds = targets.slice(-200).flatMap(({ stepIds }) => stepIds);
  const seconds = run.size(20, 1);
  const reported = reporters.ask('report', {
    url: server.url,
    connections: 200,
    stepIds,
    events: 1,
    perSecond: 200,
    seconds,
  });
  await press(page, seconds);
  await reported;
  const { frames, inputs } = await taken();
  await page.close();
  return [
    single(
      'page',
      percentile(frames, 0.95),
      `ms between frames, p95, of a list of ${targets.length} clusters, 200 changing`,
      '≤ 50',
    ),
    single('page', answered(inputs, seconds), 'ms until an input is answered, p95, in that list', '≤ 100'),
  ];
}

/** A page that is open for long: changes of view, while the cluster that it shows changes all the time. */
async function long(run: Run, server: Server, reporters: Child): Promise<Figure[]> {
  const views = run.size(200, 10);
  const [target] = (await fleet(server.url, 1)) as [Target];
  const cluster = `/clusters/${target.clusterId}`;
  const { page, heap } = await openTab(run);
  await page.goto(addressOf(server, '/'));
  const visit = async (path: string) => {
    await page.evaluate(`history.pushState(null, '', ${JSON.stringify(path)})`);
    await page
      .locator(path === '/' ? 'main [role=row]' : 'main h1')
      .first()
      .waitFor();
    await delay(250);
  };
  const round = [`${cluster}?tab=units`, `${cluster}?tab=log`, '/errors', '/'];
  for (const path of round) await visit(path);
  const before = await heap();
  const seconds = views / 4;
  const load: Load = { url: server.url, connections: 4, stepIds: target.stepIds, events: 10, perSecond: 20, seconds };
  const reported = reporters.ask<Loaded>('report', load);
  for (let count = 0; count < views; count += round.length) for (const path of round) await visit(path);
  const { reports } = await reported;
  const gained = (await heap()) - before;
  await page.close();
  const work = `${views} changes of view and ${reports * 10} reports`;
  return [single('page', gained, `MB of heap gained in ${work}`, 'flat')];
}

/** The 95th percentile of so many inputs: those that the browser does not tell were answered within 16 ms. */
const answered = (inputs: readonly number[], pressed: number) =>
  percentile([...inputs, ...Array<number>(Math.max(0, pressed - inputs.length)).fill(16)], 0.95);

async function press(page: Tab['page'], seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    await delay(1000);
    await page.keyboard.press(second % 2 === 0 ? 'j' : 'k');
  }
}

/** A tab that also has, at the server's own address, a page that appends an element for each event and keeps all of them. */
async function open(run: Run): Promise<Tab> {
  const tab = await openTab(run);
  await tab.page.route('**/every-row?*', (route) => route.fulfill({ contentType: 'text/html', body: everyRow }));
  return tab;
}

const everyRow = `<!doctype html><ol></ol><script>
  const socket = new WebSocket(location.origin.replace('http', 'ws') + '/graphql', 'graphql-transport-ws');
  const send = (message) => socket.send(JSON.stringify(message));
  const query = 'subscription ($id: ID!) { clusterEvents(clusterId: $id) { events { id instanceName successful eventInfo occurredAt } } }';
  socket.onopen = () => send({ type: 'connection_init' });
  socket.onmessage = ({ data }) => {
    const { type, payload } = JSON.parse(data);
    if (type === 'connection_ack') send({ id: '1', type: 'subscribe', payload: { query, variables: { id: location.search.slice(1) } } });
    if (type === 'ping') send({ type: 'pong' });
    for (const event of type === 'next' ? payload.data.clusterEvents.events : []) {
      const row = document.createElement('li');
      row.textContent = event.occurredAt + ' ' + event.instanceName + ' ' + event.successful;
      document.querySelector('ol').append(row);
    }
  };
</script>`;
