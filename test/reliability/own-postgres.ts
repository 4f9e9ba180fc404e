import { onTestFinished } from 'vitest';
import { initialise } from '../../src/storage/embedded/data-directory.js';
import { chooseEndpoint, urlOf } from '../../src/storage/embedded/endpoint.js';
import { launch } from '../../src/storage/embedded/launch.js';
import { findLocation } from '../../src/storage/embedded/location.js';
import { findPostmaster } from '../../src/storage/embedded/postmaster.js';
import { prepareRoles } from '../../src/storage/embedded/roles.js';
import { quiet } from '../support/database.js';
import { testFolder } from '../support/embedded.js';
import { until } from '../support/wait.js';

/** A PostgreSQL that the test itself stops and starts. Removed with the test. */
export async function ownPostgres() {
  const location = await findLocation({ dataDir: await testFolder(), log: quiet });
  await initialise(location);
  const endpoint = await chooseEndpoint(location);
  const start = () => launch(location, endpoint);
  /** As `pg_ctl stop --mode immediate` does: without notifying its clients. */
  const stop = async () => {
    const postmaster = await findPostmaster(location.data);
    if (postmaster) process.kill(postmaster.pid, 'SIGQUIT');
    await until(async () => !(await findPostmaster(location.data)));
  };
  await start();
  await prepareRoles(location, endpoint);
  onTestFinished(stop);
  return { url: await urlOf(location, endpoint), start, stop };
}
