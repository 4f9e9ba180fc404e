import { describe, expect, test } from 'vitest';
import { createAddressOf, isNetwork } from '../../src/limits/client-address.js';

const request = (remoteAddress: string | undefined, forwarded?: string) => ({
  socket: { remoteAddress } as never,
  headers: { ...(forwarded !== undefined && { 'x-forwarded-for': forwarded }) },
});

describe('the address that a request counts for', () => {
  const direct = createAddressOf([]);
  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::ffff', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    [undefined, ''],
  ])('%s counts for %s', (remote, counted) => expect(direct(request(remote))).toBe(counted));

  test('is that of the connection, whatever a header says', () =>
    expect(direct(request('192.0.2.1', '198.51.100.7'))).toBe('192.0.2.1'));

  const behind = createAddressOf(['10.0.0.0/8', '2001:db8:ffff::/48', '192.0.2.9']);
  test.each([
    ['10.1.2.3', '198.51.100.7', '198.51.100.7'],
    ['::ffff:10.1.2.3', '198.51.100.7', '198.51.100.7'],
    ['2001:db8:ffff::1', '2001:db8:1:2::3', '2001:db8:1:2::/64'],
    // Through two proxies; what the client made up stands before its address.
    ['10.1.2.3', '203.0.113.5, 198.51.100.7, 192.0.2.9', '198.51.100.7'],
    ['10.1.2.3', '198.51.100.7:40312', '198.51.100.7'],
    ['10.1.2.3', '[2001:db8:1:2::3]:40312', '2001:db8:1:2::/64'],
    ['10.1.2.3', undefined, '10.1.2.3'],
    ['10.1.2.3', '', '10.1.2.3'],
    ['10.1.2.3', 'unknown', '10.1.2.3'],
    ['10.1.2.3', '198.51.100.7, nonsense', '10.1.2.3'],
    ['10.1.2.3', '10.9.9.9', '10.9.9.9'],
    // Not of a proxy.
    ['192.0.2.8', '198.51.100.7', '192.0.2.8'],
  ])('of a connection from %s that forwards %s is %s', (remote, forwarded, counted) =>
    expect(behind(request(remote, forwarded))).toBe(counted),
  );
});

test.each([
  ['10.0.0.0/8', true],
  ['10.0.0.1', true],
  ['::1', true],
  ['2001:db8::/32', true],
  ['10.0.0.0/33', false],
  ['::/129', false],
  ['10.0.0.0/8/8', false],
  ['10.0.0.0/', false],
  ['proxy.example', false],
  ['', false],
])('%j is an address or a network: %s', (text, is) => expect(isNetwork(text)).toBe(is));
