import { onTestFinished, vi } from 'vitest';
import { initialise } from '../../src/storage/embedded-cluster.js';
import { chooseEndpoint, urlOf } from '../../src/storage/embedded-endpoint.js';
import { launch } from '../../src/storage/embedded-launch.js';
import { findPlace } from '../../src/storage/embedded-place.js';
import { findPostmaster } from '../../src/storage/embedded-postmaster.js';
import { quiet } from '../support/database.js';
import { testFolder } from '../support/embedded.js';

/** A PostgreSQL that nobody looks after but the test, which stops and starts it. Gone with the test. */
export async function ownPostgres() {
  const place = await findPlace({ dataDir: await testFolder(), log: quiet });
  await initialise(place);
  const endpoint = await chooseEndpoint(place);
  const start = () => launch(place, endpoint);
  /** As `pg_ctl stop --mode immediate` does: without a goodbye to anyone. */
  const stop = async () => {
    const postmaster = await findPostmaster(place.data);
    if (postmaster) process.kill(postmaster.pid, 'SIGQUIT');
    await vi.waitUntil(async () => !(await findPostmaster(place.data)));
  };
  await start();
  onTestFinished(stop);
  return { url: await urlOf(place, endpoint), start, stop };
}
