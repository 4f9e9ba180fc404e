import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

export interface Import {
  /** A path beneath the root, without its ending; or a package's name. */
  readonly target: string;
  readonly isPackage: boolean;
}

/** What every TypeScript file beneath `root` imports, types included, by its path there. */
export function importsOf(root: string): Map<string, Import[]> {
  return new Map(
    sourceFiles(root).map((file) => [withoutEnding(file), imports(file, readFileSync(join(root, file), 'utf8'))]),
  );
}

/** The TypeScript files beneath `root` that exceed `most` lines, each with its length. Generated files are not counted. */
export function longFiles(root: string, most: number): string[] {
  return sourceFiles(root)
    .filter((file) => !file.startsWith('generated/'))
    .map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n').length - 1 }))
    .filter(({ lines }) => lines > most)
    .map(({ file, lines }) => `${file} has ${lines} lines`);
}

/** Prisma's client is generated as many files that import each other: none of ours. */
function sourceFiles(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /\.tsx?$/.test(path) && !path.startsWith('storage/generated/'))
    .sort();
}

// `import … from 'x'`, `import type … from 'x'`, `export … from 'x'`, `import 'x'` and `import('x')`, of a type, too.
const statement = /\b(?:import|export)\b(?:[^'";()]*?\bfrom\s*|\s*\(?\s*)['"]([^'"\n]+)['"]/g;

function imports(file: string, text: string): Import[] {
  return [...text.matchAll(statement)].map(([, name = '']) => {
    const isPackage = !name.startsWith('.');
    const target = isPackage ? name : withoutEnding(posix.join(posix.dirname(file), name));
    return { target, isPackage };
  });
}

const withoutEnding = (path: string) => path.replace(/\.[jt]sx?$/, '');

/**
 * Each layer, and the layers it may import besides itself. A layer is a folder or a file. A folder within a layer may be
 * a layer of its own: a file belongs to the innermost, and permission to import the outer one does not include it.
 */
export type Layers = Readonly<Record<string, readonly string[]>>;

/** Every import that `layers` does not allow, in words. Layers named in `bare` may not import packages either. */
export function trespasses(tree: Map<string, Import[]>, layers: Layers, bare: readonly string[]): string[] {
  const innermostFirst = Object.keys(layers).sort((a, b) => b.length - a.length);
  const layerOf = (path: string) => innermostFirst.find((layer) => path === layer || path.startsWith(`${layer}/`));
  return [...tree].flatMap(([file, imports]) => {
    const from = layerOf(file);
    if (!from) return [`${file} belongs to no layer`];
    const allowed = ({ target, isPackage }: Import) => {
      if (isPackage) return !bare.includes(from);
      const to = layerOf(target);
      return to === from || layers[from]?.includes(to ?? '');
    };
    return imports.filter((one) => !allowed(one)).map(({ target }) => `${file} imports ${target}`);
  });
}

/**
 * The first import cycle found, as its files in order, the first one again at the end; null when there is none. A cycle
 * of types alone counts: its files can only be understood together.
 */
export function cycle(tree: Map<string, Import[]>): string[] | null {
  const done = new Set<string>();
  const visit = (file: string, path: string[]): string[] | null => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return null;
    for (const { target } of tree.get(file) ?? []) {
      const found = visit(target, [...path, file]);
      if (found) return found;
    }
    done.add(file);
    return null;
  };
  for (const file of tree.keys()) {
    const found = visit(file, []);
    if (found) return found;
  }
  return null;
}
