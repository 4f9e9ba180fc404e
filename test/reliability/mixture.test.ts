import { spawnSync } from 'node:child_process';
import { describe, expect, onTestFinished, test } from 'vitest';
import { natsServer } from '../bus/nats-server.js';
import { progressOf } from '../rules/follow.js';
import { createCluster, event, report, startOperation } from '../support/api.js';
import { startApp } from '../support/app.js';
import { testDatabase } from '../support/database.js';

const installed = spawnSync('nats-server', ['--version']).error === undefined;

describe.runIf(installed || process.env.CI)('servers on one database', () => {
  test('W6: one with NATS, one without and one with another NATS each hear both others', async () => {
    const [nats, another] = await Promise.all([natsServer(), natsServer()]);
    const { url: databaseUrl, close } = await testDatabase();
    const apps = await Promise.all(
      [nats.url, undefined, another.url].map((natsUrl) => startApp({ databaseUrl, natsUrl, logLevel: 'silent' })),
    );
    onTestFinished(async () => {
      await Promise.all(apps.map((app) => app.close()));
      await close();
    });
    const urls = apps.map(({ url }) => url);
    const { id: clusterId } = await createCluster(urls[0] as string);
    const { steps } = await startOperation(urls[0] as string, clusterId, [{ stepName: 'launch', total: 100 }]);
    const stepId = steps[0]?.id as string;
    const watchers = urls.map((url) => progressOf(url, clusterId));
    const reached = (completed: number) =>
      Promise.all(
        watchers.map((watcher) =>
          watcher.until(({ clusterProgress }) => clusterProgress.steps.some((step) => step.completed === completed)),
        ),
      );
    await reached(0);
    for (const [index, url] of [...urls, ...urls].entries()) {
      await report(url, [event(stepId)]);
      await reached(index + 1);
    }
    // None was told by polling: each is healthy, and healthy servers do not poll.
    for (const { logged } of apps) expect(logged.filter(({ level }) => Number(level) >= 40)).toEqual([]);
  });
});
