import { expect, test } from 'vitest';
import { server } from '../rules/fixture.js';
import { get, refusal } from './fixture.js';

const on = server();

test('a fault of the server is masked, and logged under the id that the caller is given', async () => {
  const { clusterId } = await on.running('first');
  await on.rows('ALTER TABLE cluster_provision_step RENAME TO elsewhere');
  const answer = refusal(await get(on.url, `/v1.1/default/clusters/${clusterId}`));
  await on.rows('ALTER TABLE elsewhere RENAME TO cluster_provision_step');
  expect(answer).toMatch(/^500 INTERNAL: the server failed: its log has the cause under error id [\w-]+$/);
  const errorId = answer.split(' ').at(-1);
  expect(on.app.logged.filter((line) => line.errorId === errorId)).toHaveLength(1);
  expect((await get(on.url, `/v1.1/default/clusters/${clusterId}`)).status).toBe(200);
});
