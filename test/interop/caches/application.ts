import type { FormattedExecutionResult } from 'graphql-ws';
import { expect, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { openSocket } from '../../../examples/clients/socket.js';
import { pipe } from '../../client/pipe.js';
import { ok } from '../../support/api.js';
import { eventually } from '../../support/wait.js';
import { type OpenClient, plain, type View } from './caching-client.js';
import { documents, type Name } from './documents.js';

/** An application of the server at `directUrl`. The connections between them can be cut. Closed with the test. */
export async function openApplication(openClient: OpenClient, directUrl: string) {
  const connections = await pipe(directUrl);
  const url = new URL('graphql', connections.url).href;
  const requests = vi.spyOn(globalThis, 'fetch');
  const messages: FormattedExecutionResult[] = [];
  const socket = openSocket(url, { webSocketImpl: WebSocket });
  socket.on('message', (message) => message.type === 'next' && messages.push(message.payload));
  const client = await openClient(url, socket);
  onTestFinished(async () => {
    client.close();
    // Where its server has ended before, an attempt to reach it may be failing.
    await Promise.resolve(socket.dispose()).catch(() => {});
  });
  const checks: (() => Promise<void>)[] = [];
  return {
    ...client,
    /** Lead to the server. */
    connections,
    /** All messages of its subscriptions. */
    messages,
    /** How many queries and mutations it has sent. */
    get requests() {
      return requests.mock.calls.filter(([asked]) => String(asked) === url).length;
    },
    async show(name: Name, variables: object = {}): Promise<View> {
      const view = await client.watch(name, variables);
      checks.push(async () => {
        const truth = plain(await ok(directUrl, documents[name], variables));
        await eventually(() => expect(view.data).toEqual(truth));
        expect(view.wasIncomplete).toBe(false);
      });
      return view;
    },
    /** Resolves once all that is shown is what the server answers. */
    async isRight(): Promise<void> {
      for (const check of checks) await check();
    },
  };
}

/** An application that shows a list of clusters and the page of one. */
export async function openPages(openClient: OpenClient, url: string, { id }: { id: string }) {
  const application = await openApplication(openClient, url);
  const list = await application.show('list');
  const page = await application.show('cluster', { id });
  return { application, list, page };
}

/** Of each message of `clusterProgress`, whether it is a snapshot. */
export const snapshots = (messages: readonly FormattedExecutionResult[]) =>
  messages.map(({ data }) => (data as { clusterProgress: { snapshot: boolean } }).clusterProgress.snapshot);
