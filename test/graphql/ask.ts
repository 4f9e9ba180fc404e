import type { GraphQLFormattedError } from 'graphql';

export interface Answer<Data> {
  readonly status: number;
  readonly data?: Data | null;
  readonly errors?: readonly GraphQLFormattedError[];
}

/** Posts a body to /graphql as it is, or an operation as JSON. */
export async function post<Data = unknown>(
  url: string,
  body: string | { query: string; variables?: object; operationName?: string },
  headers: Record<string, string> = { 'content-type': 'application/json' },
): Promise<Answer<Data>> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: text });
  return { status: response.status, ...((await response.json()) as object) };
}

/** The data of an operation that must succeed. */
export async function ask<Data>(url: string, query: string, variables: object = {}): Promise<Data> {
  const { data, errors } = await post<Data>(url, { query, variables });
  if (errors || !data) throw new Error(`expected data, got ${JSON.stringify(errors)}`);
  return data;
}
