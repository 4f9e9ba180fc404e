import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { generate } from '@graphql-codegen/cli';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';

const root = join(import.meta.dirname, '../../..');
/** The program's own, with this project's packages. */
const folder = mkdtempSync(join(tmpdir(), 'stepcast-client-preset-'));

const compilerOptions = {
  ...{ strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true, skipLibCheck: true },
  ...{ target: 'ES2023', module: 'NodeNext', types: ['node'], outDir: 'out' },
};

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await app?.close();
});

const run = async (...args: string[]) =>
  (
    await promisify(execFile)(process.execPath, args, { cwd: folder }).catch(({ stdout, stderr }) => {
      throw new Error(`${args[0]} failed:\n${stdout}${stderr}`);
    })
  ).stdout;

test('a program of codegen’s client preset and graphql-request compiles under --strict, and works', async () => {
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }));
  cpSync(join(import.meta.dirname, 'program.ts.txt'), join(folder, 'program.ts'));
  await generate({
    cwd: folder,
    silent: true,
    // As a user does, from the server: introspection.
    schema: `${app.url}/graphql`,
    documents: ['program.ts'],
    generates: { './gql/': { preset: 'client', config: { scalars: { ID: 'string', DateTime: 'string' } } } },
    emitLegacyCommonJSImports: false,
  });
  await run(join(root, 'node_modules/typescript/lib/tsc.js'));
  expect(JSON.parse(await run('out/program.js', app.url))).toEqual({
    name: 'typed',
    createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    steps: [{ stepName: 'first', state: 'PENDING', total: 3, duration: null }],
    total: 3,
    missing: null,
    refused: true,
    code: 'BAD_USER_INPUT',
  });
});
