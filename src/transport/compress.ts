import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { preferredEncoding } from './accept.js';

/** Bytes below which compressing costs more than it saves. */
const threshold = 1024;

const compressors = {
  br: (text: Buffer) =>
    promisify(brotliCompress)(text, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_SIZE_HINT]: text.length },
    }),
  gzip: (text: Buffer) => promisify(gzip)(text),
};
const codings = Object.keys(compressors) as (keyof typeof compressors)[];

/** Compresses answers of JSON where the caller asks for it, beside the event loop. Files go out as they are. */
export function addCompression(http: FastifyInstance): void {
  http.addHook('onSend', async (request, reply, payload) => {
    if (typeof payload !== 'string') return payload;
    reply.header('vary', 'accept-encoding');
    const coding = preferredEncoding(request.headers['accept-encoding'], codings);
    if (!coding || Buffer.byteLength(payload) < threshold || request.method === 'HEAD') return payload;
    reply.header('content-encoding', coding).removeHeader('content-length');
    return compressors[coding](Buffer.from(payload));
  });
}
