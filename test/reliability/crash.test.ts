import { expect, test } from 'vitest';
import { openEmbedded } from '../../src/storage/embedded.js';
import { createCluster, startOperation } from '../support/api.js';
import { quiet } from '../support/database.js';
import { testFolder } from '../support/embedded.js';
import { Fleet } from './fleet.js';
import { type Random, rounds, seeded } from './random.js';
import { logged, miscounted } from './recount.js';
import { type Served, serve } from './serve.js';

const times = rounds(5);

test(`E1, E2: a server killed ${times} times while 20 reporters send loses nothing it acknowledged`, {
  timeout: 60_000 + times * 10_000,
}, async () => {
  const random = seeded();
  const dataDir = await testFolder();
  let server = await serve({ STEPCAST_DATA_DIR: dataDir });
  const fleet = await launch(server, random);
  for (let time = 0; time < times; time++) {
    await fleet.progress(random.between(1, 400));
    await server.end('SIGKILL');
    server = await serve({ STEPCAST_DATA_DIR: dataDir, PORT: new URL(server.url).port });
    const acknowledged = [...fleet.acknowledged];
    await readIn(dataDir, async (url) => {
      const kept = new Set(await logged(url));
      expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
      expect(await miscounted(url)).toEqual([]);
    });
  }
  await fleet.stop();
  expect(fleet.refused).toEqual([]);
  await readIn(dataDir, async (url) => {
    expect((await logged(url)).sort()).toEqual([...fleet.acknowledged].sort());
    expect(await miscounted(url)).toEqual([]);
  });
  expect(await server.end('SIGTERM')).toBe(0);
});

/** 20 reporters on the steps of four clusters, which are never done. */
async function launch({ url }: Served, random: Random): Promise<Fleet> {
  const stepIds = await Promise.all(
    ['one', 'two', 'three', 'four'].map(async (name) => {
      const { id } = await createCluster(url, { name });
      const { steps } = await startOperation(url, id, [{ stepName: 'Working', total: 1_000_000 }]);
      return steps[0]?.id as string;
    }),
  );
  return new Fleet({ url, stepIds, reporters: 20, random });
}

async function readIn(dataDir: string, read: (url: string) => Promise<void>): Promise<void> {
  const embedded = await openEmbedded({ dataDir, log: quiet });
  try {
    await read(embedded.url);
  } finally {
    await embedded.close();
  }
}
