import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';

/** A request that came by: the name of its operation, and the input or variables of that. */
export interface Asked {
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the client sends
  readonly input: any;
  /** How often this very request has come, this time included. Ages grow from one time to the next. */
  readonly times: number;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * What becomes of a request: `pass`; `cut`: the connection breaks before it gets there; `lose`: it gets there, and the
 * connection breaks before its answer comes back; or somebody in between replies.
 */
export type Fate = 'pass' | 'cut' | 'lose' | Reply;

/** A way to a server by HTTP on which requests are seen, and things happen to them. */
export async function relay(url: string, fate: (asked: Asked) => Fate = () => 'pass') {
  const seen: Asked[] = [];
  const passed: Asked[] = [];
  const times = new Map<string, number>();
  const control = { fate };
  const server = createServer(async (request, response) => {
    const body = await textOf(request);
    const asked = describe(body, times);
    seen.push(asked);
    const fate = control.fate(asked);
    server.emit('seen');
    if (fate === 'cut') return void response.destroy();
    if (typeof fate === 'object') return void reply(response, fate);
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(url, { method: 'POST', headers, body }).catch(() => null);
    const text = await answer?.text();
    if (!answer || fate === 'lose') return void response.destroy();
    passed.push(asked);
    reply(response, { status: answer.status, headers, body: text ?? '' });
    server.emit('passed');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as { port: number };
  const until = async (event: 'seen' | 'passed', requests: readonly Asked[], count: number, name?: string) => {
    const found = () => requests.filter((asked) => name === undefined || asked.name === name);
    while (found().length < count) await once(server, event);
    return found();
  };
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    /** All requests, and those whose answer came back. */
    seen,
    passed,
    /** Resolves once so many requests, or so many of a name, were seen. */
    untilSeen: (count: number, name?: string) => until('seen', seen, count, name),
    untilPassed: (count: number, name?: string) => until('passed', passed, count, name),
    /** What becomes of requests from now on. */
    set fate(fate: (asked: Asked) => Fate) {
      control.fate = fate;
    },
  };
}

/** The first time a request comes, its answer is lost. */
export const losesEachOnce = ({ times }: Asked): Fate => (times === 1 ? 'lose' : 'pass');

function describe(body: string, known: Map<string, number>): Asked {
  const content = body.replaceAll(/"ageMs":\d+/g, '');
  const times = (known.get(content) ?? 0) + 1;
  known.set(content, times);
  const { query, variables } = JSON.parse(body);
  const name = /^\s*(?:query|mutation) (\w+)/.exec(query)?.[1] ?? '';
  return { name, input: variables.input ?? variables, times };
}

function reply(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, headers).end(body);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
