import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { readConfig, variables } from '../../src/config.js';
import { startApp } from '../support/app.js';

const root = join(import.meta.dirname, '../..');
const textOf = (path: string) => readFileSync(join(root, path), 'utf8');
const filesIn = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1));

// biome-ignore lint/suspicious/noExplicitAny: what YAML holds is asked for by name, and a test fails where it is not there.
const yaml = (path: string): any[] =>
  parseAllDocuments(textOf(path)).map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS();
  });

/** The lines `NAME=value` of the image and of the systemd unit's files. */
const assignments = (text: string) =>
  Object.fromEntries([...text.matchAll(/^([A-Z][A-Z_]*)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));
const ofImage = () => assignments(/^ENV (.*)$/m.exec(textOf('deploy/Dockerfile'))?.[1]?.replaceAll(' ', '\n') ?? '');

/** Seconds that the server takes at most once it is told to stop: those of `src/serve.ts`. */
const deadline = Number(/const deadline = ([\d_]+);/.exec(textOf('src/serve.ts'))?.[1]?.replaceAll('_', '')) / 1000;

const kubernetes = 'deploy/kubernetes';
const [configMap] = yaml(`${kubernetes}/configmap.yaml`);
const [secret] = yaml(`${kubernetes}/secret.example.yaml`);
const [deployment] = yaml(`${kubernetes}/deployment.yaml`);
const pod = deployment.spec.template.spec;
const [container] = pod.containers;
const [compose] = yaml('deploy/compose.yaml');

test('the variables that deploy/ and the documents name are those of the server and of its clients', () => {
  const ofClients = ['STEPCAST_TOKEN', 'STEPCAST_TOKEN_FILE', 'STEPCAST_URL'];
  // That of compose.yaml itself, and those of a test.
  const known = [...variables, ...ofClients, 'STEPCAST_PUBLIC_HOST'];
  const files = ['README.md', ...filesIn('deploy'), ...filesIn('docs').filter((path) => path.endsWith('.md'))];
  const named = files.flatMap((path) =>
    [...textOf(path).matchAll(/\bSTEPCAST_[A-Z][A-Z_]*[A-Z]\b(?![*…])/g)].map(([name]) => `${path}: ${name}`),
  );
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter((text) => !known.some((name) => text.endsWith(`: ${name}`)))).toEqual([]);
});

test('the server takes the configuration that Kubernetes gives it, and listens where its Service and probes look', () => {
  const config = readConfig({ ...ofImage(), ...configMap.data, ...secret.stringData });
  expect(config.auth.mode).toBe('on');
  expect(config.databaseUrl).toBeDefined();
  const ports = Object.fromEntries(
    container.ports.map((port: { name: string; containerPort: number }) => [port.name, port.containerPort]),
  );
  expect(ports).toEqual({ http: config.port, metrics: config.metrics?.port });
  for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'])
    expect(ports).toHaveProperty(container[probe].httpGet.port);
  const named = [secret, configMap].map(({ metadata }) => metadata.name);
  expect(container.envFrom).toEqual([{ configMapRef: { name: named[1] } }, { secretRef: { name: named[0] } }]);
  const [service] = yaml(`${kubernetes}/service.yaml`);
  expect(service.spec.selector).toEqual(deployment.spec.selector.matchLabels);
  expect(deployment.spec.template.metadata.labels).toEqual(deployment.spec.selector.matchLabels);
  expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(config.shutdownDelaySeconds + deadline);
});

test('the server takes the configuration that compose and systemd give it, and has the time to stop', () => {
  const { environment, stop_grace_period: grace } = compose.services.stepcast;
  const filled = Object.entries<string>(environment).map(([name, value]) => [
    name,
    value.replaceAll(/\$\{\w+:[-?].*?\}/g, 'example'),
  ]);
  const composed = readConfig({ ...ofImage(), ...Object.fromEntries(filled) });
  expect([composed.auth.mode, composed.host]).toEqual(['on', '0.0.0.0']);
  expect(compose.services.stepcast.ports).toEqual([`127.0.0.1:${composed.port}:${composed.port}`]);
  expect(Number.parseInt(grace, 10)).toBeGreaterThan(deadline);

  const unit = textOf('deploy/systemd/stepcast.service');
  expect(readConfig(assignments(textOf('deploy/systemd/stepcast.env'))).auth.mode).toBe('on');
  expect(Number(/^TimeoutStopSec=(\d+)s$/m.exec(unit)?.[1])).toBeGreaterThan(deadline);
});

test('the probes ask for what the server answers', async () => {
  const { url, close } = await startApp();
  onTestFinished(close);
  const probes = ['startupProbe', 'livenessProbe', 'readinessProbe'].map((name) => container[name].httpGet.path);
  const health = /127\.0\.0\.1:\$\{process\.env\.PORT\}([\w/]+)/.exec(textOf('deploy/Dockerfile'))?.[1];
  for (const path of [...probes, health]) expect([path, (await fetch(`${url}${path}`)).status]).toEqual([path, 200]);
});

test('nothing in Kubernetes runs as root, writes to its root, or has a capability', () => {
  expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
  expect(container.securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
  expect(pod.automountServiceAccountToken).toBe(false);
  expect(textOf('deploy/Dockerfile')).toContain(
    `USER ${pod.securityContext.runAsUser}:${pod.securityContext.runAsGroup}`,
  );
});

test('the kustomization has every manifest but that of secrets', () => {
  const [{ resources }] = yaml(`${kubernetes}/kustomization.yaml`);
  const manifests = readdirSync(join(root, kubernetes)).filter(
    (name) => !['kustomization.yaml', 'secret.example.yaml'].includes(name),
  );
  expect(resources.toSorted()).toEqual(manifests.toSorted());
  for (const name of manifests) expect(yaml(`${kubernetes}/${name}`)[0], name).toHaveProperty('kind');
});

test('the image is made of files that are there, and of nothing that is not listed', () => {
  const listed = textOf('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'));
  const names = listed.map((line) => line.slice(1)).filter((name) => !name.includes('*'));
  expect(names.filter((name) => !existsSync(join(root, name)))).toEqual([]);
  const copied = [...textOf('deploy/Dockerfile').matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, text = '']) =>
    text.split(' '),
  );
  expect(copied.filter((name) => name !== '.' && !names.includes(name))).toEqual([]);
});

test('the image holds what the package lists, and starts as the systemd unit does what the package starts', () => {
  const { files, bin } = JSON.parse(textOf('package.json'));
  const copied = [...textOf('deploy/Dockerfile').matchAll(/^COPY --from=build (.*) \S+$/gm)].flatMap(([, text = '']) =>
    text.split(' '),
  );
  for (const name of [...files, 'package.json', 'node_modules']) expect(copied).toContain(`/build/${name}`);
  expect(textOf('deploy/Dockerfile')).toContain(`"/app/${bin.stepcast}"`);
  expect(textOf('deploy/systemd/stepcast.service')).toMatch(new RegExp(`^ExecStart=.*/stepcast/${bin.stepcast}$`, 'm'));
});

test('the release pins every action by commit, and lets jobs do no more than they need', () => {
  const [workflow] = yaml('.github/workflows/release.yml');
  expect(workflow.permissions).toEqual({});
  const steps = Object.values<{ steps: { uses?: string }[] }>(workflow.jobs).flatMap((job) => job.steps);
  const actions = steps.flatMap(({ uses }) => uses ?? []);
  expect(actions.length).toBeGreaterThan(5);
  expect(actions.filter((name) => !/@[\da-f]{40}$/.test(name))).toEqual([]);
  for (const job of ['package', 'image'])
    expect(workflow.jobs[job]).toMatchObject({ needs: 'verify', permissions: { 'id-token': 'write' } });
});
