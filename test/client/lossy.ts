import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { onTestFinished } from 'vitest';

/**
 * A way to a server that loses answers: every request gets there, but each first try's connection breaks before its
 * answer comes back. A request that is sent again unchanged is answered.
 */
export async function lossy(url: string): Promise<{ url: string; readonly lost: number }> {
  const tried = new Set<string>();
  const server = createServer(async (request, response) => {
    const body = await textOf(request);
    const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const text = await answer.text();
    if (!tried.has(body)) {
      tried.add(body);
      response.destroy();
    } else {
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    get lost() {
      return tried.size;
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
