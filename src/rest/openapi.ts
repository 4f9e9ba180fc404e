import { readFileSync } from 'node:fs';

/** `openapi.json`: what describes the REST API to programs. */
export const readOpenapi = (): string => readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8');
