import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

/** The repository's documents that name its files. */
export function documentsOf(root: string): string[] {
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' });
  const pages = docs.filter((path) => path.endsWith('.md')).map((path) => `docs/${path.replaceAll('\\', '/')}`);
  return ['README.md', 'CONTRIBUTING.md', ...pages.sort()];
}

/**
 * Every path of the repository that a document names and that does not exist, as "document names path": link targets,
 * paths that begin with one of the repository's folders, and bare file names such as `rows.ts`. Files that the build
 * generates exist once it has run. Of a pattern (`src/client/**`) the part before the first `*` is looked for.
 */
export function missingPaths(root: string, documents: readonly string[]): string[] {
  const files = filesOf(root);
  const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const names = folders.map(({ name }) => name).filter((name) => !unlisted.has(name));
  const isThere = (path: string) => existsSync(join(root, path)) || files.some((file) => file.endsWith(`/${path}`));
  return documents.flatMap((document) =>
    [...pathsIn(document, readFileSync(join(root, document), 'utf8'), names)]
      .filter((path) => !isThere(path))
      .map((path) => `${document} names ${path}`),
  );
}

/** The fenced blocks of a language in a document, each with the line it begins on, as `README.md:13`. */
export function blocksOf(document: string, text: string, language: string): { place: string; text: string }[] {
  const blocks = text.matchAll(new RegExp(`^( *)\`\`\`${language}\\n(.*?)^\\1\`\`\`$`, 'gms'));
  return [...blocks].map((block) => ({
    place: `${document}:${text.slice(0, block.index).split('\n').length}`,
    text: block[2] ?? '',
  }));
}

const unlisted = new Set(['node_modules', '.git', 'dist', 'dist-bench', 'data']);

const filesOf = (root: string, folder = ''): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (!entry.isDirectory()) return [`/${path}`];
    return unlisted.has(path) ? [] : filesOf(root, path);
  });

const link = /\]\((?!\w+:)([^)#\s]+)/g;
const bareName = /`([\w-]+(?:\.[\w-]+)*\.(?:tsx?|mjs|prisma|graphql|md|yml|json|sql))`/g;

function pathsIn(document: string, text: string, folders: readonly string[]): Set<string> {
  const targets = [...text.matchAll(link)].map(([, target = '']) => posix.join(dirname(document), target));
  const beginning = folders.map((folder) => folder.replaceAll('.', '\\.')).join('|');
  const path = new RegExp(`(?<![\\w./@:-])(?:${beginning})/[\\w./*-]*[\\w*/]`, 'g');
  const paths = [...text.matchAll(path)].map(([found]) => found.replace(/\/?\*.*$/, ''));
  const bare = [...text.matchAll(bareName)].map(([, name = '']) => name);
  return new Set([...targets, ...paths, ...bare]);
}
