import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ConcreteRequest } from 'relay-runtime';
import { onTestFinished } from 'vitest';
import { documents, type Name } from './documents.js';

const root = join(import.meta.dirname, '../../..');
const { resolve } = createRequire(import.meta.url);

/** What relay-compiler makes of the documents, in a folder of its own, which is gone with the test. */
export async function compileDocuments(): Promise<(name: Name) => ConcreteRequest> {
  const folder = await mkdtemp(join(tmpdir(), 'stepcast-relay-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await copyFile(join(root, 'schema.graphql'), join(folder, 'schema.graphql'));
  const config = { src: '.', schema: 'schema.graphql', language: 'javascript', eagerEsModules: false };
  await writeFile(join(folder, 'relay.config.json'), JSON.stringify(config));
  await writeFile(join(folder, 'Pages.js'), Object.values(documents).map(tagged).join('\n'));
  const compiler = [resolve('relay-compiler/cli.js'), '--noWatchman', 'relay.config.json'];
  await promisify(execFile)(process.execPath, compiler, { cwd: folder }).catch(({ stdout, stderr }) => {
    throw new Error(`expected relay-compiler to compile the documents, it failed:\n${stdout}${stderr}`);
  });
  const require = createRequire(join(folder, 'Pages.js'));
  return (name) => require(`./__generated__/${operationName(documents[name])}.graphql.js`);
}

/** A view reads its fragments with it, as a component would read each of its own. */
const tagged = (document: string) =>
  `graphql\`${document.replaceAll('...Pages_cluster', '...Pages_cluster @relay(mask: false)')}\`;`;

const operationName = (document: string) => /(?:query|mutation|subscription) (\w+)/.exec(document)?.[1];
