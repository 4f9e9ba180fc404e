import 'ws';

// What `ws` documents and exports, and its types leave out.
declare module 'ws' {
  interface FrameOptions {
    /** Whether it ends its message. */
    readonly fin: boolean;
    /** 1: text, 0: more of the message begun before. */
    readonly opcode: 0 | 1;
    readonly mask: false;
    readonly rsv1: false;
    readonly readOnly: true;
  }
  // biome-ignore lint/complexity/noStaticOnlyClass: it is one
  class Sender {
    /** A frame's header, and its payload as it was given; the header alone when there is no payload. */
    static frame(payload: Buffer, options: FrameOptions): [header: Buffer, payload?: Buffer];
  }
  namespace WebSocket {
    interface ServerOptions {
      /** Milliseconds after a close frame at which a socket is destroyed that was not closed by its peer. */
      closeTimeout?: number | undefined;
    }
  }
}
