/** The platform's WebSocket; on Node, where it is recent and differs between versions, the one of `ws`. */
export const WebSocket = await implementation();

async function implementation(): Promise<unknown> {
  if (!('process' in globalThis)) return globalThis.WebSocket;
  const ws = await import('ws');
  return class extends ws.WebSocket {
    constructor(url: string, protocol: string) {
      super(url, protocol, { perMessageDeflate: false, handshakeTimeout: 10_000 });
    }
  };
}
