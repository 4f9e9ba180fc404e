import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { resources } from '../../src/rest/rest.js';
import { server } from '../rules/fixture.js';
import { ask } from '../support/raw-http.js';
import { document, faultOf, text } from './described.js';
import { get, unknown } from './fixture.js';

const on = server();

test('the description is a valid OpenAPI 3.1 document', async () => {
  const validator = new Validator();
  expect(await validator.validate(text)).toEqual({ valid: true });
  expect(validator.version).toBe('3.1');
});

test('it has every path that is served, with its parameters, and no other', () => {
  const served = resources.map(({ path }) => path.replace(/:(\w+)Id/g, '{$1_id}'));
  expect(Object.keys(document.paths).toSorted()).toEqual([...served, '/v1.1/openapi.json'].toSorted());
});

test('the server serves it', async () => {
  const { body } = await get(on.url, '/v1.1/openapi.json');
  expect(body).toEqual(document);
});

test('an answer that is not as described is found', () => {
  const path = `/v1.1/default/clusters/${unknown}/progress`;
  expect(faultOf(path, 200, { events: [], markers: { next: null } })).toBeNull();
  expect(faultOf(path, 200, { events: [], markers: { next: null }, more: true })).toMatch(/additional/);
  expect(faultOf(path, 200, { events: [{}], markers: { next: null } })).toMatch(/required/);
  expect(faultOf(path, 418, {})).toMatch(/418/);
  expect(faultOf('/v1.1/nowhere', 404, { errors: [] })).toMatch(/error_code/);
});

test('HEAD answers what GET does, without the body', async () => {
  const { clusterId } = await on.running('Launching instances');
  for (const path of ['clusters', `clusters/${clusterId}`, `clusters/${clusterId}/progress`, `clusters/${unknown}`]) {
    const by = (method: string) => ask(on.url, [`${method} /v1.1/default/${path} HTTP/1.1`, 'host: localhost']);
    const [head, got] = [await by('HEAD'), await by('GET')];
    const length = got.headers['content-length'];
    expect([head.status, head.body, head.headers['content-length']]).toEqual([got.status, '', length]);
  }
});
