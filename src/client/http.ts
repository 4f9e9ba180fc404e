import type { TypedDocumentString } from '../generated/client.js';
import type { ServerClock } from './clock.js';
import { authorization, type Credentials, type Token } from './credentials.js';
import { fromResponse, isRefusal, type ResponseError, StepcastError, within } from './errors.js';

/**
 * The data of an answer without errors: what is null only where it failed is not null. So it is with mutations, which take an
 * `input`, with lists, and with what is paged.
 */
export type Answered<Data, Variables> = Variables extends { readonly input: unknown }
  ? { [Field in keyof Data]: NonNullable<Data[Field]> }
  : Found<Data>;

type Found<Data> = {
  [Field in keyof Data]: NonNullable<Data[Field]> extends readonly unknown[] | { readonly pageInfo: unknown }
    ? Found<NonNullable<Data[Field]>>
    : Found<Data[Field]>;
};

/** Sends a query or mutation and resolves with its data. Rejects with a StepcastError, whatever went wrong. */
export type Request = <Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
) => Promise<Answered<Result, Variables>>;

/** Milliseconds without a response after which a request fails as UNAVAILABLE. */
const timeout = 30_000;

/** Requests by `POST` to `url`. The clock is set by the answers. */
export function createRequest(url: URL, clock: ServerClock, token?: Token): Request {
  const send = async (body: string, credentials: Credentials) => {
    const response = await post(url, body, credentials);
    clock.hear(response.headers.get('date') ?? '');
    const { data, errors } = await parse(url, response);
    if (errors?.length) throw fromResponse(errors, retryAfter(response));
    return data as never;
  };
  return async (document, variables) => {
    const body = JSON.stringify({ query: document.toString(), variables });
    const credentials = await authorization(token);
    try {
      return await send(body, credentials);
    } catch (fault) {
      if (!isRefusal(fault)) throw fault;
      // The token may have ended on the way. A request that was refused for it had no effect, and may be sent again.
      const fresh = await authorization(token);
      if (fresh.authorization === credentials.authorization) throw fault;
      return await send(body, fresh);
    }
  };
}

async function post(url: URL, body: string, credentials: Credentials): Promise<Response> {
  const headers = {
    'content-type': 'application/json',
    accept: 'application/graphql-response+json, application/json',
    ...credentials,
  };
  try {
    return await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(timeout) });
  } catch (error) {
    throw unreachable(url, error);
  }
}

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly ResponseError[];
}

async function parse(url: URL, response: Response): Promise<Answer> {
  const text = await response.text().catch((error) => {
    throw unreachable(url, error);
  });
  const answer = parseJson(text);
  if (isAnswer(answer)) return answer;
  // A proxy that asks for credentials of its own.
  if (response.status === 401) throw new StepcastError('UNAUTHENTICATED', `${url} answers 401: ${text.slice(0, 200)}`);
  // Something in between has answered, such as a proxy in front of a server that is down: the server itself was not
  // reached. Only a request that is too large for a proxy will be so again.
  const code = response.status === 413 ? 'LIMIT_EXCEEDED' : 'UNAVAILABLE';
  throw new StepcastError(
    code,
    `expected a GraphQL response from ${url}, got status ${response.status}: ${text.slice(0, 200)}`,
    { retryAfter: retryAfter(response) },
  );
}

/** What `retry-after` says, in seconds or as a date by the clock of who answered; undefined where it says nothing. */
function retryAfter({ headers }: Response): number | undefined {
  const value = headers.get('retry-after')?.trim();
  if (!value) return undefined;
  const now = Date.parse(headers.get('date') ?? '') || Date.now();
  const milliseconds = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isNaN(milliseconds) ? undefined : within(milliseconds);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isAnswer(value: unknown): value is Answer {
  if (typeof value !== 'object' || value === null) return false;
  const { data, errors } = value as Answer;
  return Array.isArray(errors) ? errors.length > 0 : typeof data === 'object' && data !== null;
}

function unreachable(url: URL, error: unknown): StepcastError {
  const { cause = error } = error as { cause?: unknown };
  const { code, message } = cause as { code?: string; message?: string };
  return new StepcastError('UNAVAILABLE', `cannot reach ${url}: ${message || code || String(cause)}`, { cause: error });
}
