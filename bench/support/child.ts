import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The package's own folder: this file is built to dist-bench/bench/support. */
export const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The built form of a script, named as seen from `bench/`. */
export const built = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

export interface ChildOptions {
  readonly args?: readonly string[];
  /** Node's own options. */
  readonly options?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

interface Question {
  readonly number: number;
  readonly question: string;
  readonly input: unknown;
}

interface Answer {
  readonly number: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** A Node process, and calls of functions in it. Started by a benchmark; `answer` is the other end. */
export class Child {
  readonly #process: ChildProcess;
  /** Emits each answer under its number, `print` at output, and `error` when the process ends, which rejects all that wait. */
  readonly #news = new EventEmitter().setMaxListeners(0).on('error', () => {});
  #asked = 0;
  /** Its last output. */
  #printed = '';

  constructor(file: string, { args = [], options = [], env = {} }: ChildOptions = {}) {
    this.#process = spawn(process.execPath, [...options, file, ...args], {
      cwd: root,
      env: { ...process.env, NODE_ENV: 'production', ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Ctrl-C must reach the benchmark only: it ends its children in order, users of a database before its owner.
      detached: true,
    });
    this.#process.stdout?.setEncoding('utf8').on('data', (text: string) => this.#prints(text));
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => this.#prints(text));
    this.#process.on('message', (answer: Answer) => this.#news.emit(String(answer.number), answer));
    this.#process.once('close', (code, signal) => {
      const end = `expected ${file} to go on, it ended with ${code ?? signal}. Its last words:\n${this.#printed}`;
      this.#news.emit('error', new Error(end));
    });
  }

  get pid(): number {
    return this.#process.pid as number;
  }

  /** Waits until its output matches `pattern`, and returns the first group. */
  async printed(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.#printed)?.[1];
      if (found !== undefined) return found;
      await once(this.#news, 'print');
    }
  }

  /** Calls one of the functions that the process passed to `answer`. */
  async ask<Result>(question: string, input: unknown = null): Promise<Result> {
    this.#asked += 1;
    const number = this.#asked;
    this.#process.send({ number, question, input } satisfies Question);
    const [{ result, error }] = (await once(this.#news, String(number))) as [Answer];
    if (error !== undefined) throw new Error(error);
    return result as Result;
  }

  async close(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exit = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    const deadline = setTimeout(() => this.#process.kill('SIGKILL'), 20_000);
    await exit;
    clearTimeout(deadline);
  }

  #prints(text: string) {
    this.#printed = (this.#printed + text).slice(-10_000);
    this.#news.emit('print');
  }
}

// biome-ignore lint/suspicious/noExplicitAny: each function knows its own input.
type Functions = Readonly<Record<string, (input: any) => unknown>>;

/** In the child: executes its parent's calls with these functions, until the parent has ended. */
export function answer(functions: Functions): void {
  process.on('message', async ({ number, question, input }: Question) => {
    try {
      if (functions[question] === undefined) throw new Error(`expected ${Object.keys(functions)}, got ${question}`);
      process.send?.({ number, result: await functions[question](input) } satisfies Answer);
    } catch (error) {
      process.send?.({ number, error: (error as Error).stack ?? String(error) } satisfies Answer);
    }
  });
  // A parent that was killed cannot end it.
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
}
