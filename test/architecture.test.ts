import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { cycle, importsOf, type Layers, trespasses } from './support/architecture.js';

/** Who may import whom: docs/architecture.md in a form that can be checked. */
const layers: Layers = {
  main: ['app', 'config', 'cli'],
  app: ['config', 'domain', 'storage', 'bus', 'fanout', 'graphql', 'transport'],
  config: [],
  domain: [],
  storage: ['domain'],
  bus: ['domain'],
  fanout: ['domain'],
  graphql: ['domain', 'fanout', 'generated/resolvers'],
  'generated/resolvers': ['domain', 'graphql'],
  transport: ['graphql', 'domain', 'fanout'],
  client: ['generated/client'],
  'generated/client': [],
  cli: ['client'],
  adapters: ['client'],
  web: ['client'],
};

describe('the source', () => {
  const tree = importsOf(join(import.meta.dirname, '../src'));
  test('imports only as the architecture allows', () => {
    expect(tree.size).toBeGreaterThan(10);
    expect(trespasses(tree, layers, ['domain'])).toEqual([]);
  });
  test('has no import cycles', () => expect(cycle(tree)).toBeNull());
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
  test('finds a cycle, and takes none for one that types alone make', () => {
    const files = {
      'a.ts': "import './b.js';",
      'b.ts': "import { c } from './c.js';",
      'c.ts': "export { b } from './b.js';",
    };
    expect(cycle(madeUp(files))).toEqual(['b', 'c', 'b']);
    expect(cycle(madeUp({ ...files, 'c.ts': "import type { b } from './b.js';" }))).toBeNull();
  });
});

function madeUp(files: Record<string, string>) {
  const root = mkdtempSync(join(tmpdir(), 'stepcast-architecture-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return importsOf(root);
}
