import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { own, type Site } from './site.js';

/** Milliseconds an instance may take to accept connections. */
const timeoutMs = 30_000;
/** Lines of its log that are kept to explain a failure. */
const remembered = 20;

export type Role = 'primary' | 'replica';

/** One PostgreSQL server with its own data directory and port on this machine. */
export class Instance {
  readonly id = crypto.randomUUID();
  readonly data: string;
  #process: ChildProcess | null = null;
  #ended: Promise<number | null> = Promise.resolve(null);
  #log: string[] = [];

  constructor(
    readonly site: Site,
    readonly name: string,
    readonly role: Role,
    readonly port: number,
    readonly password: string,
  ) {
    this.data = join(site.folder, name);
  }

  /** Makes a new, empty database. */
  async initialize(): Promise<void> {
    const passwordFile = `${this.data}.password`;
    await writeFile(passwordFile, this.password, { mode: 0o600 });
    await own(passwordFile, this.site.user);
    await mkdir(this.data, { mode: 0o700 });
    await own(this.data, this.site.user);
    const options = [
      '-D',
      this.data,
      '-U',
      'postgres',
      '-A',
      'scram-sha-256',
      `--pwfile=${passwordFile}`,
      '-E',
      'UTF8',
    ];
    await promisify(execFile)(this.site.programs.initdb, options, { ...this.site.user, cwd: this.site.folder });
    await rm(passwordFile);
  }

  /** Starts the server's process. Whether it comes up shows in `untilReady`. */
  start(): void {
    const settings = {
      port: this.port,
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      shared_buffers: '16MB',
      wal_keep_size: '64MB',
      cluster_name: this.name,
    };
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    // Detached: Ctrl-C in the terminal is for us alone, and we stop the servers in order.
    const child = spawn(this.site.programs.postgres, ['-D', this.data, ...options], {
      ...this.site.user,
      cwd: this.site.folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    this.#process = child;
    this.#log = [];
    this.#ended = once(child, 'close').then(
      ([code]) => code as number | null,
      (error) => {
        this.#log.push(String(error));
        return null;
      },
    );
    createInterface(child.stderr).on('line', (line) => this.#log.push(line) > remembered && this.#log.shift());
  }

  /** Resolves once the server accepts connections; rejects with the end of its log when it ends before. */
  async untilReady(): Promise<void> {
    const given = new AbortController();
    const ended = this.#ended.then((code) => {
      throw new Error(`${this.name} ended with exit code ${code} before it accepted connections${this.#lastLines()}`);
    });
    try {
      await Promise.race([ended, this.#answers(given.signal)]);
    } finally {
      given.abort();
      ended.catch(() => {});
    }
  }

  async query<Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> {
    return this.connected(async (client) => (await client.query<Row>(sql, values)).rows);
  }

  /** Does something in one session. */
  async connected<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({
      host: '127.0.0.1',
      port: this.port,
      user: 'postgres',
      password: this.password,
      database: 'postgres',
      connectionTimeoutMillis: 5_000,
    });
    client.on('error', () => {});
    try {
      await client.connect();
      return await work(client);
    } finally {
      await client.end().catch(() => {});
    }
  }

  /** Stops the server and waits until it is gone. One that does not run is left alone. */
  async stop(): Promise<void> {
    // SIGINT is PostgreSQL's fast shutdown: it ends sessions, and its data stay whole.
    this.#process?.kill('SIGINT');
    await this.#ended;
    this.#process = null;
  }

  /** Erases what a stopped server held. */
  remove(): Promise<void> {
    return rm(this.data, { recursive: true, force: true });
  }

  async #answers(signal: AbortSignal): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    for (let last: unknown; Date.now() < deadline && !signal.aborted; await setTimeout(50)) {
      try {
        await this.query('SELECT 1');
        return;
      } catch (error) {
        last = error;
      }
      if (Date.now() + 50 >= deadline)
        throw new Error(`${this.name} accepted no connection within ${timeoutMs} ms${this.#lastLines()}`, {
          cause: last,
        });
    }
  }

  #lastLines(): string {
    return this.#log.length > 0 ? `; the end of its log:\n  ${this.#log.join('\n  ')}` : '; its log is empty';
  }
}
