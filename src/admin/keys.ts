import { type ApiKey, isValid, type KeyStore } from '../auth/keys/api-key.js';
import { hashOf, newKey } from '../auth/keys/format.js';
import { type Config, ConfigError, readConfig } from '../config.js';
import { Fault } from '../domain/errors.js';
import { printable, shown } from '../domain/shown.js';
import { createLog } from '../log.js';
import { openDatabase } from '../storage/database.js';
import { StartError } from '../storage/start-error.js';
import { createKeyStore } from '../storage/store/key-store.js';
import { type KeysCommand, parseKeysCommand } from './arguments.js';

const usage = `Usage: stepcast keys create --tenant <tenant> --role VIEWER|REPORTER|ADMIN [--name <name>] [--expires 90d]
       stepcast keys list [--tenant <tenant>] [--json]
       stepcast keys revoke <id>

Makes, lists and revokes the API keys of programs, in the database of DATABASE_URL, or in the embedded one of
STEPCAST_DATA_DIR, whether a server runs or not.

  --tenant   the tenant whose clusters the key is for
  --role     what it may do: VIEWER reads and follows, REPORTER also reports, ADMIN may do everything
  --name     what it is for, in your words
  --expires  when it ends by itself: in 12h, 90d, 4w or 1y, or on a day such as 2030-01-31; else never

A new key is printed once, to the standard output, and cannot be shown again. A key that is revoked is refused within five
seconds, and connections that were opened with it are closed.

Exit code: 0 done, 1 the database cannot be used, 2 the arguments are wrong, or there is no such key`;

/** Runs `stepcast keys …`; answers its exit code. */
export async function runKeys(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  try {
    const command = parseKeysCommand(args, Date.now());
    if (command.do === 'help') return print(usage);
    return await withKeyStore(readConfig(env), (store) => perform(command, store));
  } catch (error) {
    return complain(error);
  }
}

async function withKeyStore(config: Config, work: (store: KeyStore) => Promise<number>): Promise<number> {
  const log = createLog('warn', { write: (line) => void process.stderr.write(line) });
  const database = await openDatabase({ url: config.databaseUrl, dataDir: config.dataDir, log });
  try {
    return await work(createKeyStore(database.credentials));
  } finally {
    await database.close();
  }
}

async function perform(command: Exclude<KeysCommand, { do: 'help' }>, store: KeyStore): Promise<number> {
  if (command.do === 'create') return create(command, store);
  if (command.do === 'revoke') return revoke(command.id, store);
  const keys = await store.allKeys(command.tenantId);
  if (command.json) return print(JSON.stringify(keys.map(described), null, 2));
  return print(table(keys));
}

async function create(command: Extract<KeysCommand, { do: 'create' }>, store: KeyStore): Promise<number> {
  const { id, secret, text } = newKey();
  const { tenantId, role, name, expiresAt } = command;
  const key = await store.createKey({ id, tenantId, name, roles: [role], hash: hashOf(secret), expiresAt });
  const until = expiresAt ? `until ${expiresAt.toISOString()}` : 'until it is revoked';
  // Beside the key itself, so that the output can be stored as it is.
  console.error(`Made the key ${key.id} of tenant ${shown(tenantId)} with role ${role}, valid ${until}.`);
  console.error('This is the only time that it is shown:');
  return print(text);
}

async function revoke(id: string, store: KeyStore): Promise<number> {
  const key = await store.revokeKey(id);
  if (!key) throw new TypeError(`expected the id of a key, got ${shown(id)}, which names none`);
  return print(`Revoked the key ${key.id} of tenant ${shown(key.tenantId)}, as of ${key.revokedAt?.toISOString()}.`);
}

/** What may be told of it: all but the hash. */
function described({ hash, ...key }: ApiKey) {
  return { ...key, state: stateOf(key) };
}

function stateOf(key: Omit<ApiKey, 'hash'>): string {
  if (key.revokedAt) return 'revoked';
  return isValid(key, Date.now()) ? 'valid' : 'expired';
}

function table(keys: readonly ApiKey[]): string {
  const day = (moment: Date | null, none: string) => moment?.toISOString().slice(0, 16).replace('T', ' ') ?? none;
  const rows = keys.map((key) => [
    key.id,
    key.tenantId,
    key.roles.join(' '),
    stateOf(key),
    day(key.createdAt, ''),
    day(key.expiresAt, 'never'),
    day(key.lastUsedAt, 'never'),
    key.name,
  ]);
  const lines = [['ID', 'TENANT', 'ROLE', 'STATE', 'CREATED', 'EXPIRES', 'LAST USED', 'NAME'], ...rows];
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0))) ?? [];
  return lines
    .map((cells) =>
      cells
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function print(text: string): number {
  console.log(printable(text));
  return 0;
}

function complain(error: unknown): number {
  if (error instanceof TypeError) {
    console.error(`${printable(error.message)}\n\n${usage}`);
    return 2;
  }
  const isExpected = error instanceof ConfigError || error instanceof StartError || error instanceof Fault;
  console.error(isExpected ? `stepcast keys: ${printable(error.message)}` : error);
  return 1;
}
