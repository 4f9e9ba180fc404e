import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { Writer } from '../../src/transport/websocket/writer.js';
import { until } from '../support/wait.js';

/** Both ends of a websocket, and how often all that was written had been taken. */
async function pair() {
  const server = createServer();
  const sockets = new WebSocketServer({ server, perMessageDeflate: false, autoPong: false });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const received: string[] = [];
  client.on('message', (data) => received.push(String(data)));
  const [[ws, { socket }]] = (await Promise.all([once(sockets, 'connection'), once(client, 'open')])) as [
    [WebSocket, { socket: Socket }],
    unknown,
  ];
  const drained = vi.fn();
  const writer = new Writer(ws, socket, drained);
  const close = () => {
    client.terminate();
    ws.terminate();
    server.close();
  };
  return { client, writer, received, drained, close };
}

const step = fc.oneof(
  // Below, at and above what is copied, fragmented, and held by the system.
  fc.record({ message: fc.oneof(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 0, max: 3_000_000 })) }),
  fc.constantFrom('pause', 'resume', 'ping', 'pong', 'turn'),
);

test('W5: whatever is written while a reader comes and goes arrives whole and in order, and whoever had to wait is called', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { client, writer, received, drained, close } = await pair();
      const sent: string[] = [];
      let hadToWait = false;
      for (const [index, what] of steps.entries()) {
        if (what === 'pause') client.pause();
        else if (what === 'resume') client.resume();
        else if (what === 'ping') writer.ping();
        else if (what === 'pong') writer.pong(Buffer.from(String(index)));
        else if (what === 'turn') await turn();
        else {
          const body = Buffer.alloc(what.message, `${index} `);
          writer.message(Buffer.from(`${index}: `), body, Buffer.from('ü'));
          sent.push(`${index}: ${body}ü`);
        }
        if (!writer.writable) hadToWait = true;
      }
      const before = drained.mock.calls.length;
      const waits = !writer.writable;
      client.resume();
      await until(() => received.length === sent.length && writer.writable);
      expect(received.every((text, index) => text === sent[index])).toBe(true);
      if (waits) expect(drained.mock.calls.length).toBeGreaterThan(before);
      if (hadToWait) expect(drained).toHaveBeenCalled();
      expect(writer.stalledFor(performance.now() + 1_000)).toBe(0);
      close();
    }),
    { numRuns: 30 },
  );
});

test('W5: a reader that takes nothing is stalled, one that takes something of it is not', async () => {
  const { client, writer, close } = await pair();
  onTestFinished(close);
  client.pause();
  while (writer.pending < 2_000_000) writer.message(Buffer.alloc(0), Buffer.alloc(1_000_000, 'x'), Buffer.alloc(0));
  const later = () => performance.now() + 1_000_000;
  const before = writer.pending;
  expect(writer.stalledFor(later())).toBeGreaterThan(999_000);
  const at = performance.now();
  client.resume();
  await until(() => writer.pending < before, 1);
  expect(writer.stalledFor(at)).toBeLessThanOrEqual(0);
});
