import { expect, test } from 'vitest';
import { parseKeysCommand } from '../../src/admin/arguments.js';
import { newKey } from '../../src/auth/keys/format.js';

const now = Date.parse('2026-12-01T12:00:00Z');
const parse = (line: string) => parseKeysCommand(line.split(' ').filter(Boolean), now);
const create = 'create --tenant acme --role reporter';

test('a key is made for a tenant, with a role in any case, and until it is revoked unless told otherwise', () => {
  expect(parse(create)).toEqual({ do: 'create', tenantId: 'acme', role: 'REPORTER', name: '', expiresAt: null });
});

test.each([
  ['12h', '2026-12-02T00:00:00Z'],
  ['90d', '2027-03-01T12:00:00Z'],
  ['2w', '2026-12-15T12:00:00Z'],
  ['1y', '2027-12-01T12:00:00Z'],
  ['2030-01-31', '2030-01-31T00:00:00Z'],
])('it may expire: %s', (text, moment) => {
  expect(parse(`${create} --expires ${text}`)).toMatchObject({ expiresAt: new Date(moment) });
});

test('it is revoked by its id, or by all of it as it was found', () => {
  const { id, text } = newKey();
  expect(parse(`revoke ${id}`)).toEqual({ do: 'revoke', id });
  expect(parse(`revoke ${text}`)).toEqual({ do: 'revoke', id });
});

test.each(['', '--help', '-h', 'create --help'])('help is given for %j', (line) => {
  expect(parse(line)).toEqual({ do: 'help' });
});

test.each([
  ['make', 'expected create, list or revoke, got "make"'],
  ['create --role REPORTER', 'expected --tenant, the tenant whose clusters the key is for, got none'],
  ['create --tenant acme', 'expected --role VIEWER, REPORTER or ADMIN, got none'],
  ['create --tenant acme --role root', 'expected --role VIEWER, REPORTER or ADMIN, got "root"'],
  ['create --tenant= --role ADMIN', 'expected --tenant to be a line of 1 to 255 characters, got ""'],
  ['create --tenant a\u001b[2J --role ADMIN', 'expected --tenant to be a line of 1 to 255 characters'],
  [`${create} --expires 0d`, 'expected --expires to be a time to come'],
  [`${create} --expires 90`, 'expected --expires to be a time to come'],
  [`${create} --expires 2020-01-31`, 'expected --expires to be a time to come'],
  [`${create} --expires 2030-02-31x`, 'expected --expires to be a time to come'],
  [`${create} --expires 99999y`, 'expected --expires to be a time to come'],
  [`${create} --token x`, "Unknown option '--token'"],
  ['revoke', 'expected the id of one key, got 0'],
  ['revoke a b', 'expected the id of one key, got 2'],
])('%s is refused: %s', (line, words) => {
  expect(() => parse(line)).toThrow(TypeError);
  expect(() => parse(line)).toThrow(words);
});
