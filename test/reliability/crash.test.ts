import { expect, test } from 'vitest';
import { openEmbedded } from '../../src/storage/embedded/embedded.js';
import { quiet } from '../support/database.js';
import { testFolder } from '../support/embedded.js';
import { Fleet } from './fleet.js';
import { rounds, seeded } from './random.js';
import { logged, miscounted } from './recount.js';
import { serve } from './serve.js';
import { endless } from './work.js';

const times = rounds(5);

test(`E1, E2: a server killed ${times} times while 20 reporters send loses nothing it acknowledged`, {
  timeout: 180_000 + times * 10_000,
}, async () => {
  const random = seeded();
  const dataDir = await testFolder();
  let server = await serve({ STEPCAST_DATA_DIR: dataDir });
  const stepIds = (await endless(server.url, 4)).map(({ stepId }) => stepId);
  const fleet = new Fleet({ url: server.url, stepIds, reporters: 20, random });
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

async function readIn(dataDir: string, read: (url: string) => Promise<void>): Promise<void> {
  const embedded = await openEmbedded({ dataDir, log: quiet });
  try {
    await read(embedded.url);
  } finally {
    await embedded.close();
  }
}
