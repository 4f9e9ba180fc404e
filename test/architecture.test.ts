import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { cycle, importsOf, type Layers, longFiles, trespasses } from './support/architecture.js';
import { documentsOf, missingPaths } from './support/documents.js';

/** Who may import whom, types included: docs/architecture.md in a form that can be checked. */
const layers: Layers = {
  main: ['admin', 'config', 'serve', 'version'],
  version: [],
  admin: ['auth', 'config', 'domain', 'log', 'storage', 'storage/start-error', 'storage/store'],
  serve: ['app', 'config', 'log'],
  app: [
    'closers',
    'config',
    'known-causes',
    'domain',
    'storage',
    'storage/store',
    'storage/start-error',
    'bus',
    'fanout',
    'auth',
    'graphql',
    'generated/resolvers',
    'limits',
    'transport',
    'observe',
    'observe/tracing',
    'version',
  ],
  closers: ['domain'],
  config: ['auth', 'domain', 'limits'],
  'known-causes': ['domain', 'storage/start-error'],
  log: ['domain'],
  domain: ['domain/error-text'],
  'domain/error-text': [],
  storage: ['domain', 'storage/embedded', 'storage/migrations', 'storage/start-error', 'storage/generated'],
  'storage/embedded': ['domain', 'storage/start-error'],
  'storage/migrations': ['domain', 'storage/start-error'],
  'storage/store': ['auth', 'domain', 'storage', 'storage/generated'],
  'storage/start-error': [],
  'storage/generated': [],
  bus: ['domain'],
  fanout: ['domain'],
  auth: ['domain'],
  graphql: ['auth', 'domain', 'fanout', 'generated/resolvers'],
  'generated/resolvers': ['domain', 'graphql'],
  limits: ['domain'],
  rest: ['domain'],
  transport: ['auth', 'graphql', 'limits', 'rest', 'domain', 'fanout'],
  observe: ['domain', 'fanout', 'graphql', 'transport'],
  'observe/tracing': ['domain', 'graphql', 'observe', 'transport'],
  client: ['generated/client', 'domain/error-text'],
  'generated/client': [],
  cli: ['client'],
  adapters: ['client'],
  web: ['client'],
};

describe('the source', () => {
  const source = join(import.meta.dirname, '../src');
  const tree = importsOf(source);
  test('imports only as the architecture allows', () => {
    expect(tree.size).toBeGreaterThan(10);
    expect(trespasses(tree, layers, ['domain', 'domain/error-text'])).toEqual([]);
  });
  test('has no import cycles, not even of types', () => expect(cycle(tree)).toBeNull());
  test('has no file of more than 250 lines', () => expect(longFiles(source, 250)).toEqual([]));
});

test('tests wait by test/support/wait.ts alone: what vitest brings gives up after a second, however busy the machine', () => {
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !['support/wait.ts', 'architecture.test.ts'].includes(path))
    .filter((path) =>
      /\bvi\.wait(For|Until)\b|\bexpect\.poll\b/.test(readFileSync(join(import.meta.dirname, path), 'utf8')),
    );
  expect(files).toEqual([]);
});

test('tests open pools by test/support/database.ts alone: others end a run when their database is dropped beneath them', () => {
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && path !== 'support/database.ts')
    .filter((path) => /new pg\.Pool\(/.test(readFileSync(join(import.meta.dirname, path), 'utf8')));
  expect(files).toEqual([]);
});

describe('the check itself', () => {
  test('finds every form of a forbidden import, and allows the rest', () => {
    const tree = madeUp({
      'domain/a.ts': "import { b } from './b.js';\nimport { randomUUID } from 'node:crypto';\n",
      'domain/b.ts': "import type {\n  Row,\n} from '../storage/row.js';\n",
      'storage/row.ts': "export * from '../domain/a.js';\nimport pg from 'pg';\nimport '../transport/http.js';\n",
      'transport/http.ts': "const { row } = await import('../storage/row.js');\n",
      'stray.ts': '',
    });
    expect(trespasses(tree, layers, ['domain'])).toEqual([
      'domain/a imports node:crypto',
      'domain/b imports storage/row',
      'storage/row imports transport/http',
      'stray belongs to no layer',
      'transport/http imports storage/row',
    ]);
  });
  test('keeps a folder within a layer apart', () => {
    const rooms = { storage: ['storage/store'], 'storage/store': [], 'storage/other': ['storage'] };
    const tree = madeUp({
      'storage/database.ts': "import type { Store } from './store/store.js';\n",
      'storage/store/store.ts': "import { open } from '../database.js';\n",
      'storage/other/other.ts':
        "import { open } from '../database.js';\nimport type { Store } from '../store/store.js';\n",
    });
    expect(trespasses(tree, rooms, [])).toEqual([
      'storage/other/other imports storage/store/store',
      'storage/store/store imports storage/database',
    ]);
  });
  test('finds a cycle, also one of types alone', () => {
    const files = {
      'a.ts': "import './b.js';",
      'b.ts': "import { c } from './c.js';",
      'c.ts': "export { b } from './b.js';",
    };
    expect(cycle(madeUp(files))).toEqual(['b', 'c', 'b']);
    for (const types of ["import type { b } from './b.js';", "export type C = import('./b.js').B;"])
      expect(cycle(madeUp({ ...files, 'c.ts': types }))).toEqual(['b', 'c', 'b']);
    expect(cycle(madeUp({ ...files, 'c.ts': '' }))).toBeNull();
  });
  test('counts lines, not those of generated files', () => {
    const root = folderOf({ 'short.ts': '1\n2\n', 'long.ts': '1\n2\n3\n', 'generated/long.ts': '1\n2\n3\n' });
    expect(longFiles(root, 2)).toEqual(['long.ts has 3 lines']);
  });
  test('finds paths that do not exist, in text, in pictures and in links', () => {
    const root = folderOf({
      'src/app.ts': '',
      'src/client/documents/queries.graphql': '',
      'docs/rules.md': '',
      'README.md': [
        'See `src/app.ts`, `app.ts`, `src/client/**/*.graphql`, [rules](docs/rules.md#s6), `stepcast/client` and',
        '[elsewhere](https://example.org/src/x.ts); not `src/nowhere.ts`, `nothing.ts`, [none](docs/none.md),',
        '`src/other/**/*.ts` or',
        '```',
        '  src/app.ts ──► src/picture.ts   decides',
        '```',
      ].join('\n'),
    });
    expect(documentsOf(root)).toEqual(['README.md', 'CONTRIBUTING.md', 'docs/rules.md']);
    const missing = ['docs/none.md', 'src/nowhere.ts', 'src/other', 'src/picture.ts', 'nothing.ts'];
    expect(missingPaths(root, ['README.md', 'docs/rules.md'])).toEqual(
      missing.map((path) => `README.md names ${path}`),
    );
  });
});

const madeUp = (files: Record<string, string>) => importsOf(folderOf(files));

function folderOf(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'stepcast-architecture-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}
