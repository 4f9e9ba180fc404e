import { readdirSync, readFileSync } from 'node:fs';

/** A question, and the one operation that answers it. */
export interface Recipe {
  /** `operator/01-clusters` */
  readonly path: string;
  readonly question: string;
  readonly operation: string;
}

const folder = new URL('../../cookbook/', import.meta.url);

/** The comment at the beginning of a file is its question. */
export function recipesFor(reader: 'operator' | 'author'): Recipe[] {
  const files = readdirSync(new URL(`${reader}/`, folder)).toSorted();
  return files.map((file) => {
    const text = readFileSync(new URL(`${reader}/${file}`, folder), 'utf8');
    const [, comment = '', operation = ''] = /^((?:# [^\n]*\n)+)(.*)$/s.exec(text) ?? [];
    const question = comment.replace(/^# /, '').trim().replace(/\n# /g, ' ');
    return { path: `${reader}/${file.replace('.graphql', '')}`, question, operation };
  });
}

/** `docs/cookbook.md` */
export function page(): string {
  return [
    '# Cookbook',
    '',
    'Twenty-two questions, each with the one operation that answers it. They are the files of `cookbook`, and the tests run every one of',
    'them against a server. This page is made of them: `npx vitest run --project main test/cookbook -u`.',
    ...chapter('An operator asks', recipesFor('operator')),
    ...chapter('The author of a plugin asks', recipesFor('author')),
    '',
  ].join('\n');
}

const chapter = (title: string, recipes: readonly Recipe[]) => [
  '',
  `## ${title}`,
  ...recipes.flatMap(({ question, operation }) => ['', `**${question}**`, '', '```graphql', operation.trim(), '```']),
];
