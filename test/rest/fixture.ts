import { expect } from 'vitest';
import { ask } from '../support/raw-http.js';
import { faultOf } from './described.js';

export interface RestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: an answer may be any JSON
  readonly body: any;
}

/** The answer to a GET, which must be as the OpenAPI document says. */
export async function get(url: string, path: string, ...headers: string[]): Promise<RestAnswer> {
  const answer = await ask(url, [`GET ${path} HTTP/1.1`, 'host: localhost', ...headers]);
  if (answer.status === 304) return answer;
  const body = JSON.parse(Buffer.from(answer.body, 'latin1').toString());
  expect(faultOf(path, answer.status, body)).toBeNull();
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  return { ...answer, body };
}

/** Of an answer that must be an error, in OpenStack's form: its status, name and message. */
export function refusal({ status, body }: RestAnswer): string {
  expect(Object.keys(body)).toEqual(['error_code', 'error_message', 'error_name']);
  expect(body.error_code).toBe(status);
  return `${status} ${body.error_name}: ${body.error_message}`;
}

export const unknown = '00000000-0000-4000-8000-000000000000';
