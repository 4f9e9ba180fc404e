import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** The address that a request counts for: of IPv6 the network of 64 bits, since every customer has at least one of those. */
export type AddressOf = (request: Pick<IncomingMessage, 'socket' | 'headers'>) => string;

/**
 * The address is that of the connection. Only of a trusted proxy, `x-forwarded-for` is believed, from its end: each proxy
 * adds who it was asked by, and whatever stands before the first that is not trusted may be made up.
 */
export function createAddressOf(trustedProxies: readonly string[]): AddressOf {
  const trusted = new BlockList();
  for (const network of trustedProxies) addTo(trusted, network);
  const direct: AddressOf = ({ socket }) => counted(plain(socket.remoteAddress ?? ''));
  const forwarded: AddressOf = ({ socket, headers }) => {
    let address = plain(socket.remoteAddress ?? '');
    const hops = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
    while (isIn(trusted, address)) {
      const before = withoutPort(hops.pop()?.trim() ?? '');
      if (isIP(before) === 0) break;
      address = plain(before);
    }
    return counted(address);
  };
  // Every request asks.
  return trustedProxies.length === 0 ? direct : forwarded;
}

/** Whether a text names an address or a network, as `trustedProxies` has them. */
export function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

function addTo(list: BlockList, network: string): void {
  const [address = '', bits] = network.split('/');
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (bits === undefined) list.addAddress(address, family);
  else list.addSubnet(address, Number(bits), family);
}

const isIn = (list: BlockList, address: string) =>
  isIP(address) !== 0 && list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

const counted = (address: string) => (address.includes(':') ? networkOf(address) : address);

/** Without a zone; an IPv4 address that a socket of both families has in the form of IPv6, as IPv4. */
const plain = (address: string) => address.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');

/** Some proxies add the port: `192.0.2.1:40312`, `[2001:db8::1]:40312`. */
const withoutPort = (text: string) => /^(?:\[([^\]]+)\]|([\d.]+))(?::\d+)?$/.exec(text)?.slice(1).find(Boolean) ?? text;

/** The first four groups of an IPv6 address. */
function networkOf(address: string): string {
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? [] : Array(Math.max(0, 8 - left.length - right.length)).fill('0');
  const groups = [...left, ...zeros, ...right].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}
