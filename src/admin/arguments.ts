import { parseArgs } from 'node:util';
import type { Role } from '../auth/caller.js';
import { parseKey } from '../auth/keys/format.js';
import { shown } from '../domain/shown.js';

/** What `stepcast keys` was asked to do. */
export type KeysCommand =
  | { readonly do: 'help' }
  | {
      readonly do: 'create';
      readonly tenantId: string;
      readonly role: Role;
      readonly name: string;
      readonly expiresAt: Date | null;
    }
  | { readonly do: 'list'; readonly tenantId: string | undefined; readonly json: boolean }
  | { readonly do: 'revoke'; readonly id: string };

/** Throws a TypeError that says what was expected and what came. `now`: milliseconds since 1970. */
export function parseKeysCommand(args: readonly string[], now: number): KeysCommand {
  const [verb, ...rest] = args;
  if (verb === undefined || verb === '--help' || verb === '-h' || rest.includes('--help')) return { do: 'help' };
  if (verb === 'create') return create(rest, now);
  if (verb === 'list') return list(rest);
  if (verb === 'revoke') return revoke(rest);
  throw new TypeError(`expected create, list or revoke, got ${shown(verb)}`);
}

function create(args: string[], now: number): KeysCommand {
  const { values } = parseArgs({
    args,
    options: {
      tenant: { type: 'string' },
      role: { type: 'string' },
      name: { type: 'string', default: '' },
      expires: { type: 'string' },
    },
  });
  const { tenant, role, name, expires } = values;
  if (tenant === undefined)
    throw new TypeError('expected --tenant, the tenant whose clusters the key is for, got none');
  if (role === undefined) throw new TypeError('expected --role VIEWER, REPORTER or ADMIN, got none');
  return {
    do: 'create',
    tenantId: line('--tenant', tenant, 1),
    role: roleOf(role),
    name: line('--name', name, 0),
    expiresAt: expires === undefined ? null : momentOf(expires, now),
  };
}

function list(args: string[]): KeysCommand {
  const { values } = parseArgs({
    args,
    options: { tenant: { type: 'string' }, json: { type: 'boolean', default: false } },
  });
  return { do: 'list', tenantId: values.tenant, json: values.json };
}

/** Whoever found a key that leaked has all of it: that will do, too. */
function revoke(args: string[]): KeysCommand {
  const { positionals } = parseArgs({ args, allowPositionals: true, options: {} });
  const [id, ...more] = positionals;
  if (id === undefined || more.length > 0) throw new TypeError(`expected the id of one key, got ${positionals.length}`);
  return { do: 'revoke', id: parseKey(id)?.id ?? id };
}

const roles: readonly string[] = ['VIEWER', 'REPORTER', 'ADMIN'] satisfies Role[];
const isRole = (text: string): text is Role => roles.includes(text);

function roleOf(text: string): Role {
  const role = text.toUpperCase();
  if (isRole(role)) return role;
  throw new TypeError(`expected --role VIEWER, REPORTER or ADMIN, got ${shown(text)}`);
}

function line(option: string, text: string, least: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
  if (text.length >= least && text.length <= 255 && !/[\0-\x1f\x7f-\x9f]/.test(text) && text.isWellFormed())
    return text;
  throw new TypeError(`expected ${option} to be a line of ${least} to 255 characters, got ${shown(text)}`);
}

const hours: Readonly<Record<string, number>> = { h: 1, d: 24, w: 7 * 24, y: 365 * 24 };

/** In `12h`, `90d`, `4w` or `1y`, or on a day: at its beginning, in UTC. */
function momentOf(text: string, now: number): Date {
  const [, count, unit = ''] = /^(\d{1,5})([hdwy])$/.exec(text) ?? [];
  const moment = count === undefined ? dayOf(text) : now + Number(count) * (hours[unit] ?? 0) * 3_600_000;
  if (moment !== null && moment > now && moment < now + mostMs) return new Date(moment);
  throw new TypeError(
    `expected --expires to be a time to come, such as 12h, 90d, 1y or 2030-01-31, got ${shown(text)}`,
  );
}

/** A hundred years: what is later was not meant. */
const mostMs = 100 * 365.25 * 86_400_000;

function dayOf(text: string): number | null {
  const moment = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(moment) ? null : moment;
}
