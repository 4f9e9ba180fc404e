import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readConfig } from '../../src/config.js';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** What stands behind each `NAME: value` or `NAME=value` of the server's variables. */
function variablesIn(text: string): Record<string, string> {
  const given = text.matchAll(/^ *(?:ENV |Environment=)?((?:STEPCAST_\w+|HOST|PORT|NATS_URL))[:=] *(.+?) *\\?$/gm);
  return Object.fromEntries([...given].map(([, name = '', value = '']) => [name, value.replace(/^["']|["']$/g, '')]));
}

const inImage = variablesIn(read('deploy/Dockerfile'));

test('the image listens to others, and so asks for credentials', () => {
  expect(inImage).toEqual({ HOST: '0.0.0.0', PORT: '4000', STEPCAST_AUTH: 'on' });
});

test.each([
  ['deploy/compose.yaml', { STEPCAST_ALLOWED_HOSTS: 'localhost' }],
  ['deploy/kubernetes/stepcast.yaml', {}],
])('a server starts with the variables of %s', (path, defaults) => {
  const env = { ...inImage, ...variablesIn(read(path)), ...defaults };
  expect(readConfig(env)).toMatchObject({ host: '0.0.0.0', port: 4000, auth: { mode: 'on' } });
});

test('the image holds what the package lists, and the packages it needs', () => {
  const { files } = JSON.parse(read('package.json')) as { files: string[] };
  const copied = [...read('deploy/Dockerfile').matchAll(/^COPY --from=build (.+)$/gm)].join(' ');
  for (const file of [...files, 'package.json', 'node_modules']) expect(copied).toContain(`/stepcast/${file}`);
});

test('probes ask for what the server answers to anybody', () => {
  const probed = [...read('deploy/kubernetes/stepcast.yaml').matchAll(/path: (\/\S+), port/g)].map(([, path]) => path);
  expect(new Set(probed)).toEqual(new Set(['/livez', '/readyz']));
  expect(read('deploy/Dockerfile')).toContain('/livez');
});

test('the service starts what the package has', () => {
  const started = /^ExecStart=\S+ \/opt\/stepcast\/node_modules\/stepcast\/(\S+)$/m.exec(
    read('deploy/stepcast.service'),
  )?.[1];
  const { bin } = JSON.parse(read('package.json')) as { bin: Record<string, string> };
  expect(started).toBe(bin.stepcast);
});
