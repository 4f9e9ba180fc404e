import type { TypedDocumentString } from '../generated/client.js';
import { fromResponse, type ResponseError, StepcastError } from './errors.js';

/** The bearer token to send, asked for anew with every request and every connection. */
export type Token = () => string | Promise<string>;

/** Sends a query or mutation and answers its data. Whatever goes wrong is a StepcastError. */
export type Request = <Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
) => Promise<Result>;

/** Milliseconds without an answer after which a request counts as lost. */
const timeout = 30_000;

/** Requests by `POST` to `url`. */
export function createRequest(url: URL, token?: Token): Request {
  return async (document, variables) => {
    const response = await post(url, JSON.stringify({ query: document.toString(), variables }), token);
    const { data, errors } = await parse(url, response);
    if (errors?.length) throw fromResponse(errors);
    return data as never;
  };
}

async function post(url: URL, body: string, token: Token | undefined): Promise<Response> {
  const headers = {
    'content-type': 'application/json',
    accept: 'application/graphql-response+json, application/json',
    ...(await authorization(token)),
  };
  try {
    return await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(timeout) });
  } catch (error) {
    throw unreachable(url, error);
  }
}

/** What says who the caller is: a header of requests, and a parameter of connections. */
export async function authorization(token: Token | undefined): Promise<{ authorization?: string }> {
  if (!token) return {};
  try {
    return { authorization: `Bearer ${await token()}` };
  } catch (error) {
    throw new StepcastError('UNAVAILABLE', `cannot get a token: ${String(error)}`, { cause: error });
  }
}

async function parse(url: URL, response: Response): Promise<{ data?: unknown; errors?: ResponseError[] }> {
  const text = await response.text().catch((error) => {
    throw unreachable(url, error);
  });
  try {
    return JSON.parse(text);
  } catch {
    // A proxy's own page, most likely: what stands in front of a server that is away.
    const passing = response.status >= 500 || response.status === 429;
    throw new StepcastError(
      passing ? 'UNAVAILABLE' : 'INTERNAL',
      `expected a GraphQL response from ${url}, got status ${response.status}: ${text.slice(0, 200)}`,
    );
  }
}

function unreachable(url: URL, error: unknown): StepcastError {
  const { cause = error } = error as { cause?: unknown };
  const { code, message } = cause as { code?: string; message?: string };
  return new StepcastError('UNAVAILABLE', `cannot reach ${url}: ${message || code || String(cause)}`, { cause: error });
}
