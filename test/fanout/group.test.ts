import { setImmediate as oneTurn } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { Fault } from '../../src/domain/errors.js';
import { Overrun } from '../../src/fanout/changes.js';
import { Faults } from '../../src/fanout/faults.js';
import { Group, type Sink } from '../../src/fanout/group.js';
import { beginning, type Position } from '../../src/fanout/position.js';
import { RenderedMessages } from '../../src/fanout/rendered.js';
import type { Message, Stream } from '../../src/fanout/stream.js';

/** As many turns of the event loop as the few messages of a test need: where rendering takes long, each waits for another. */
async function turn(): Promise<void> {
  for (let count = 0; count < 20; count++) await oneTurn();
}

test('readers at one position share a message: read once, rendered once, the same bytes for all', async () => {
  const { stream, group, render, change } = gathered();
  const lines = [new Line(), new Line(), new Line()];
  for (const line of lines) group.add(line, beginning, true);
  await change(2);
  expect(lines.map(({ texts }) => texts)).toEqual(Array(3).fill(['0 to 1', '1 to 2']));
  expect(new Set(lines.map(({ bodies }) => bodies[1])).size).toBe(1);
  expect([stream.reads, render.mock.calls.length]).toEqual([2, 2]);
});

test('readers at different positions get each their own message, and share from then on', async () => {
  const { group, render, change } = gathered(5);
  const [early, late] = [new Line(), new Line()];
  group.add(early, { seen: 2 }, true);
  group.add(late, { seen: 4 }, true);
  await change(6);
  expect(early.texts).toEqual(['2 to 5', '5 to 6']);
  expect(late.texts).toEqual(['4 to 5', '5 to 6']);
  expect(render).toHaveBeenCalledTimes(3);
});

test('a reader who has seen everything gets a message only if it is the first, or something is new', async () => {
  const { group, change } = gathered(5);
  const [first, resumed] = [new Line(), new Line()];
  group.add(first, { seen: 5 }, true);
  group.add(resumed, { seen: 5 }, false);
  await turn();
  expect([first.texts, resumed.texts]).toEqual([['5 to 5'], []]);
  await change(6);
  expect([first.texts, resumed.texts]).toEqual([['5 to 5', '5 to 6'], ['5 to 6']]);
});

test('W5: a sink that is not ready is skipped, holds nobody up, and gets the newest when it is', async () => {
  const { group, change } = gathered();
  const [slow, quick] = [new Line(), new Line()];
  const reader = group.add(slow, beginning, true);
  group.add(quick, beginning, true);
  await turn();
  slow.ready = false;
  for (const head of [2, 3, 4]) await change(head);
  expect(quick.texts).toEqual(['0 to 1', '1 to 2', '2 to 3', '3 to 4']);
  expect(slow.texts).toEqual(['0 to 1']);
  slow.ready = true;
  reader.wake();
  await turn();
  expect(slow.texts).toEqual(['0 to 1', '1 to 4']);
});

test('W5: a sink is handed no second message before it is ready again', async () => {
  const { group, change } = gathered();
  const line = new Line({ takes: 1 });
  group.add(line, beginning, true);
  for (const head of [2, 3, 4]) await change(head);
  expect(line.texts).toEqual(['0 to 1']);
});

test('a change that comes while a message is being made is in the next one', async () => {
  const { stream, group, render } = gathered();
  let resolve = (_: Buffer) => {};
  render.mockReturnValueOnce(
    new Promise<Buffer>((made) => {
      resolve = made;
    }),
  );
  const line = new Line();
  group.add(line, beginning, true);
  await turn();
  stream.set(2);
  group.flush();
  resolve(Buffer.from('0 to 1, at last'));
  await turn();
  expect(line.texts).toEqual(['0 to 1, at last', '1 to 2']);
});

test('what concerns nobody in the group is passed over in silence', async () => {
  const { stream, group, change } = gathered();
  const line = new Line();
  group.add(line, beginning, true);
  await turn();
  stream.silent = true;
  await change(2);
  stream.silent = false;
  await change(3);
  expect(line.texts).toEqual(['0 to 1', '2 to 3']);
});

test('W7: when the stream has ended, its readers get the last message, then complete, and the group is empty', async () => {
  const { stream, group, change, onEmpty } = gathered();
  const [quick, slow] = [new Line(), new Line({ takes: 1 })];
  group.add(quick, beginning, true);
  const reader = group.add(slow, beginning, true);
  await turn();
  stream.ended = true;
  await change(2);
  expect([quick.texts, quick.end]).toEqual([['0 to 1', '1 to 2'], 'complete']);
  expect([slow.texts, slow.end]).toEqual([['0 to 1'], null]);
  expect(onEmpty).not.toHaveBeenCalled();
  for (const end of [null, 'complete']) {
    slow.ready = true;
    reader.wake();
    await turn();
    expect([slow.texts, slow.end]).toEqual([['0 to 1', '1 to 2'], end]);
  }
  expect(onEmpty).toHaveBeenCalledTimes(1);
});

test('a reader that cannot be told now (UNAVAILABLE) stays, and is told everything at the next flush', async () => {
  const { stream, group, change } = gathered();
  const line = new Line();
  group.add(line, beginning, true);
  await turn();
  stream.failure = new Fault('UNAVAILABLE', 'expected the database to answer, got nothing');
  await change(2);
  expect([line.texts, line.end]).toEqual([['0 to 1'], null]);
  stream.failure = null;
  group.flush();
  await turn();
  expect([line.texts, line.end]).toEqual([['0 to 1', '1 to 2'], null]);
});

test('any other error fails those it concerns, once, and nobody else', async () => {
  const { stream, group, change, onEmpty } = gathered(5);
  const [failing, fine] = [new Line(), new Line()];
  group.add(fine, { seen: 5 }, true);
  await turn();
  stream.failure = new Fault('NOT_FOUND', 'gone');
  group.add(failing, { seen: 3 }, true);
  await turn();
  stream.failure = null;
  await change(6);
  expect([failing.texts, failing.end]).toEqual([[], new Fault('NOT_FOUND', 'gone')]);
  expect([fine.texts, fine.end]).toEqual([['5 to 5', '5 to 6'], null]);
  expect(onEmpty).not.toHaveBeenCalled();
});

test('an error in rendering fails the readers as well', async () => {
  const { group, render, onEmpty } = gathered();
  render.mockRejectedValueOnce(new Error('cannot be said'));
  const line = new Line();
  group.add(line, beginning, true);
  await turn();
  expect(line.end).toEqual(new Error('cannot be said'));
  expect(onEmpty).toHaveBeenCalledTimes(1);
});

test('a sink that throws in `send` fails alone, and one that throws in `fail` as well is let go of: each is logged', async () => {
  const { group, change, log, onEmpty } = gathered();
  const lines = Array.from({ length: 5 }, () => new Line());
  const [broken, hopeless] = lines.splice(1, 2) as [Line, Line];
  const sendFails = new Error('the sink is broken');
  for (const line of [broken, hopeless]) {
    line.send = () => {
      throw sendFails;
    };
  }
  hopeless.fail = () => {
    throw new Error('cannot even fail');
  };
  const [first, second, third] = lines as [Line, Line, Line];
  const readers = [first, broken, hopeless, second, third].map((line) => group.add(line, beginning, true));
  await change(2);
  expect(lines.map(({ texts, end }) => [texts, end])).toEqual(Array(3).fill([['0 to 1', '1 to 2'], null]));
  expect(broken.end).toBe(sendFails);
  expect(log.error).toHaveBeenCalledTimes(1);
  for (const reader of readers) reader.close();
  expect(onEmpty).toHaveBeenCalledTimes(1);
});

test('sinks that throw when they are failed or completed keep nobody from being told, and nothing is left unhandled', async () => {
  const { stream, group, change, onEmpty, log } = gathered();
  const throwing = new Line();
  throwing.complete = () => {
    throw new Error('cannot complete');
  };
  const fine = new Line();
  for (const line of [throwing, fine]) group.add(line, beginning, true);
  await turn();
  stream.ended = true;
  await change(2);
  expect([fine.texts, fine.end]).toEqual([['0 to 1', '1 to 2'], 'complete']);
  expect(log.error).toHaveBeenCalledTimes(1);
  expect(onEmpty).toHaveBeenCalledTimes(1);

  const other = gathered();
  const failing = [new Line(), new Line()] as const;
  failing[0].fail = () => {
    throw new Error('cannot fail');
  };
  const unready = new Line();
  Object.defineProperty(unready, 'ready', {
    get: () => {
      throw new Error('cannot be asked');
    },
  });
  other.render.mockRejectedValueOnce(new Error('cannot be said'));
  for (const line of [...failing, unready]) other.group.add(line, beginning, true);
  await turn();
  expect([failing[1].end, unready.end]).toEqual([new Error('cannot be said'), new Error('cannot be asked')]);
  expect(other.onEmpty).toHaveBeenCalledTimes(1);
});

test('a subscriber that is too far behind is failed: it does not wait for what is no more', async () => {
  const { stream, group, change } = gathered();
  const line = new Line();
  group.add(line, beginning, true);
  await turn();
  stream.failure = new Overrun('too far behind');
  await change(2);
  expect(line.end).toBe(stream.failure);
});

test('a reader that left gets nothing more, not even what was being made for it; the last one empties the group', async () => {
  const { group, change, onEmpty } = gathered();
  const [leaver, stayer] = [new Line(), new Line()];
  const leaving = group.add(leaver, beginning, true);
  const staying = group.add(stayer, beginning, true);
  leaving.close();
  leaving.wake();
  await change(2);
  expect([leaver.texts, stayer.texts]).toEqual([[], ['0 to 1', '1 to 2']]);
  leaving.close();
  expect(onEmpty).not.toHaveBeenCalled();
  staying.close();
  staying.close();
  expect(onEmpty).toHaveBeenCalledTimes(1);
});

/** A group of readers of a stream that stands at `head`. */
function gathered(head = 1) {
  const stream = new Steps(head);
  const render = vi.fn<(payload: object) => Buffer | Promise<Buffer>>((payload) => Buffer.from(String(payload)));
  const onEmpty = vi.fn();
  const log = { error: vi.fn(), warn: vi.fn(), info: vi.fn() };
  const group = new Group(stream, render, { onEmpty, rendered: new RenderedMessages(), faults: new Faults(log) });
  const change = async (head: number) => {
    // What went before is delivered first.
    await turn();
    stream.set(head);
    group.flush();
    await turn();
  };
  return { stream, group, render, onEmpty, change, log };
}

/** Goes from position to position, and says from where to where. */
class Steps implements Stream {
  readonly key = 'steps';
  head: number;
  version = 0;
  ended = false;
  silent = false;
  failure: Fault | null = null;
  reads = 0;

  constructor(head: number) {
    this.head = head;
  }

  set(head: number): void {
    this.head = head;
    this.version += 1;
  }

  next({ seen }: Position): Message {
    this.reads += 1;
    if (this.failure) throw this.failure;
    const { head, silent } = this;
    return { payload: silent ? null : { toString: () => `${seen} to ${head}` }, seen: head };
  }
}

/** A sink that keeps what it is handed. It is ready until it has taken so many messages. */
class Line implements Sink {
  ready = true;
  readonly bodies: Buffer[] = [];
  end: unknown = null;
  readonly #takes: number;

  constructor({ takes = Number.POSITIVE_INFINITY } = {}) {
    this.#takes = takes;
  }

  get texts(): string[] {
    return this.bodies.map(String);
  }

  send(body: Buffer): boolean {
    expect([this.ready, this.end]).toEqual([true, null]);
    this.ready = this.bodies.push(body) < this.#takes;
    return true;
  }

  complete(): void {
    expect(this.end).toBe(null);
    this.end = 'complete';
  }

  fail(error: unknown): void {
    expect(this.end).toBe(null);
    this.end = error;
  }
}
