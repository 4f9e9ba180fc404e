import type { IncomingMessage } from 'node:http';
import { shown } from '../domain/shown.js';
import { valuesOf } from './header-values.js';
import type { Refusal } from './refusal.js';

export type { Refusal };

export interface DoorOptions {
  /** Names beyond the loopback ones that this server is reached by, as in `Host`, without ports. */
  readonly allowedHosts: readonly string[];
}

export interface Door {
  /** Asked once for each request and each upgrade, before anything else is done for it; null lets it in. */
  admit(request: IncomingMessage): Refusal | null;
}

const loopback = ['localhost', '127.0.0.1', '[::1]'];

/** Probes come by the address of a container, and some speak HTTP/1.0, which knows no `Host`. They learn nothing. */
const probes = ['/livez', '/readyz'];

/**
 * Who may speak to this server from a browser. `Host` must name it: a page whose own name resolves to this machine
 * (DNS rebinding) is otherwise of the same origin. `Origin`, where it is sent, must be the origin that the request is
 * addressed to, or `https://` (`http://`) before an allowed host: there a proxy may have replaced `Host`. A proxy that
 * ends TLS speaks HTTP to this server, so both schemes are taken, each with its own default port.
 */
export function createDoor({ allowedHosts }: DoorOptions): Door {
  const allowed = new Set([...loopback, ...allowedHosts].map(hostnameOf));
  const own = new Set(allowedHosts.flatMap((name) => [originOf(`https://${name}`), originOf(`http://${name}`)]));

  const admit = (request: IncomingMessage): Refusal | null => {
    const isProbe = probes.includes(pathOf(request));
    const hosts = valuesOf(request, 'host');
    if (hosts.length === 0 && isProbe && request.httpVersion === '1.0') return null;
    const [host = ''] = hosts;
    if (hosts.length !== 1 || !isAuthority(host)) return malformedHost(hosts);
    if (isProbe) return null;
    const authorities = [host, ...authorityOf(request)];
    const foreign = authorities.find((authority) => !allowed.has(hostnameOf(authority)));
    if (foreign !== undefined) return unknownHost(foreign);
    return admitOrigin(valuesOf(request, 'origin'), authorities.at(-1) ?? host);
  };

  const admitOrigin = (origins: readonly string[], authority: string): Refusal | null => {
    if (origins.length === 0) return null;
    const origin = origins.length === 1 ? originOf(origins[0] ?? '') : null;
    if (origin === null) return foreignOrigin(origins);
    const addressed = originOf(`${new URL(origin).protocol}//${authority}`);
    return origin === addressed || own.has(origin) ? null : foreignOrigin(origins);
  };

  return { admit };
}

/** The path that a request is for, of whatever form its target is. */
export function pathOf({ url = '' }: IncomingMessage): string {
  const path = isAbsolute(url) ? url.replace(/^\w+:\/\/[^/?#]*/, '') : url;
  return path.split('?', 1)[0] || '/';
}

/** The authority of a target such as `http://localhost:4000/graphql`, which goes before `Host` (RFC 9112, 3.2.2). */
function authorityOf({ url = '' }: IncomingMessage): string[] {
  if (!isAbsolute(url)) return [];
  const authority = /^https?:\/\/([^/?#]*)/i.exec(url)?.[1] ?? '';
  return [isAuthority(authority) ? authority : url];
}

const isAbsolute = (target: string) => !target.startsWith('/') && target !== '*';

/** A name or an address, maybe with a port. Nothing that a URL would take for user, path, query or an escape. */
const isAuthority = (text: string) =>
  /^([\w.~!$&'()*+;=-]+|\[[\da-f:.]+\])(:\d*)?$/i.test(text) && URL.canParse(`http://${text}`);

/** In one spelling: lower case, Punycode, without port and final dot. What is no host is itself, and allowed nowhere. */
function hostnameOf(authority: string): string {
  if (!URL.canParse(`http://${authority}`)) return authority;
  return new URL(`http://${authority}`).hostname.replace(/\.$/, '');
}

/** In one spelling, without a default port; null: it is none of HTTP's. */
function originOf(text: string): string | null {
  if (!/^https?:\/\/[^/?#@\\\s]+$/i.test(text) || !URL.canParse(text)) return null;
  const { protocol, hostname, port } = new URL(text);
  return `${protocol}//${hostname.replace(/\.$/, '')}${port && `:${port}`}`;
}

const malformedHost = (hosts: readonly string[]): Refusal => ({
  status: 400,
  code: 'BAD_USER_INPUT',
  message: `expected one Host such as localhost:4000, got ${hosts.map(shown).join(' and ') || 'none'}`,
});

const unknownHost = (host: string): Refusal => ({
  status: 421,
  code: 'FORBIDDEN',
  message: `expected a Host that this server is known by (${loopback.join(', ')}, or one of STEPCAST_ALLOWED_HOSTS), got ${shown(host)}`,
});

const foreignOrigin = (origins: readonly string[]): Refusal => ({
  status: 403,
  code: 'FORBIDDEN',
  message: `expected no Origin, or that of this server, got ${origins.map(shown).join(' and ')}: pages of other origins are refused`,
});
