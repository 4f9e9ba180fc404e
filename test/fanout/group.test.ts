import { setImmediate as turn } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { Fault } from '../../src/domain/errors.js';
import { Group, type Port } from '../../src/fanout/group.js';
import type { Message, Stream } from '../../src/fanout/stream.js';

test('readers at one position share a message: read once, rendered once, the same bytes for all', async () => {
  const { stream, group, render, change } = gathered();
  const lines = [new Line(), new Line(), new Line()];
  for (const line of lines) group.add(line, null, true);
  await change(2);
  expect(lines.map(({ texts }) => texts)).toEqual(Array(3).fill(['null to 1', '1 to 2']));
  expect(new Set(lines.map(({ bodies }) => bodies[1])).size).toBe(1);
  expect([stream.reads, render.mock.calls.length]).toEqual([2, 2]);
});

test('readers at different positions get each their own message, and share from then on', async () => {
  const { group, render, change } = gathered(5);
  const [early, late] = [new Line(), new Line()];
  group.add(early, 2, true);
  group.add(late, 4, true);
  await change(6);
  expect(early.texts).toEqual(['2 to 5', '5 to 6']);
  expect(late.texts).toEqual(['4 to 5', '5 to 6']);
  expect(render).toHaveBeenCalledTimes(3);
});

test('a reader who has seen everything gets a message only if it is the first, or something is new', async () => {
  const { group, change } = gathered(5);
  const [first, resumed] = [new Line(), new Line()];
  group.add(first, 5, true);
  group.add(resumed, 5, false);
  await turn();
  expect([first.texts, resumed.texts]).toEqual([['5 to 5'], []]);
  await change(6);
  expect([first.texts, resumed.texts]).toEqual([['5 to 5', '5 to 6'], ['5 to 6']]);
});

test('W5: a port that is not ready is skipped, holds nobody up, and gets the newest when it is', async () => {
  const { group, change } = gathered();
  const [slow, quick] = [new Line(), new Line()];
  const reader = group.add(slow, null, true);
  group.add(quick, null, true);
  await turn();
  slow.ready = false;
  for (const head of [2, 3, 4]) await change(head);
  expect(quick.texts).toEqual(['null to 1', '1 to 2', '2 to 3', '3 to 4']);
  expect(slow.texts).toEqual(['null to 1']);
  slow.ready = true;
  reader.wake();
  await turn();
  expect(slow.texts).toEqual(['null to 1', '1 to 4']);
});

test('W5: a port is handed no second message before it is ready again', async () => {
  const { group, change } = gathered();
  const line = new Line({ takes: 1 });
  group.add(line, null, true);
  for (const head of [2, 3, 4]) await change(head);
  expect(line.texts).toEqual(['null to 1']);
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
  group.add(line, null, true);
  await turn();
  stream.set(2);
  group.flush();
  resolve(Buffer.from('null to 1, at last'));
  await turn();
  expect(line.texts).toEqual(['null to 1, at last', '1 to 2']);
});

test('what concerns nobody in the group is passed over in silence', async () => {
  const { stream, group, change } = gathered();
  const line = new Line();
  group.add(line, null, true);
  await turn();
  stream.silent = true;
  await change(2);
  stream.silent = false;
  await change(3);
  expect(line.texts).toEqual(['null to 1', '2 to 3']);
});

test('W7: when the stream has ended, its readers get the last message, then complete, and the group is empty', async () => {
  const { stream, group, change, onEmpty } = gathered();
  const [quick, slow] = [new Line(), new Line({ takes: 1 })];
  group.add(quick, null, true);
  const reader = group.add(slow, null, true);
  await turn();
  stream.ended = true;
  await change(2);
  expect([quick.texts, quick.end]).toEqual([['null to 1', '1 to 2'], 'complete']);
  expect([slow.texts, slow.end]).toEqual([['null to 1'], null]);
  expect(onEmpty).not.toHaveBeenCalled();
  for (const end of [null, 'complete']) {
    slow.ready = true;
    reader.wake();
    await turn();
    expect([slow.texts, slow.end]).toEqual([['null to 1', '1 to 2'], end]);
  }
  expect(onEmpty).toHaveBeenCalledTimes(1);
});

test('a reader that cannot be told now (UNAVAILABLE) stays, and is told everything at the next flush', async () => {
  const { stream, group, change } = gathered();
  const line = new Line();
  group.add(line, null, true);
  await turn();
  stream.failure = new Fault('UNAVAILABLE', 'expected the database to answer, got nothing');
  await change(2);
  expect([line.texts, line.end]).toEqual([['null to 1'], null]);
  stream.failure = null;
  group.flush();
  await turn();
  expect([line.texts, line.end]).toEqual([['null to 1', '1 to 2'], null]);
});

test('any other error fails those it concerns, once, and nobody else', async () => {
  const { stream, group, change, onEmpty } = gathered(5);
  const [failing, fine] = [new Line(), new Line()];
  group.add(fine, 5, true);
  await turn();
  stream.failure = new Fault('NOT_FOUND', 'gone');
  group.add(failing, 3, true);
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
  group.add(line, null, true);
  await turn();
  expect(line.end).toEqual(new Error('cannot be said'));
  expect(onEmpty).toHaveBeenCalledTimes(1);
});

test('a reader that left gets nothing more, not even what was being made for it; the last one empties the group', async () => {
  const { group, change, onEmpty } = gathered();
  const [leaver, stayer] = [new Line(), new Line()];
  const leaving = group.add(leaver, null, true);
  const staying = group.add(stayer, null, true);
  leaving.close();
  leaving.wake();
  await change(2);
  expect([leaver.texts, stayer.texts]).toEqual([[], ['null to 1', '1 to 2']]);
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
  const group = new Group(stream, render, onEmpty);
  const change = async (head: number) => {
    // What went before is delivered first.
    await turn();
    stream.set(head);
    group.flush();
    await turn();
  };
  return { stream, group, render, onEmpty, change };
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

  next(position: number | null): Message {
    this.reads += 1;
    if (this.failure) throw this.failure;
    const { head, silent } = this;
    return { payload: silent ? null : { toString: () => `${position} to ${head}` }, position: head };
  }
}

/** A port that keeps what it is handed. It is ready until it has taken so many messages. */
class Line implements Port {
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

  send(body: Buffer): void {
    expect([this.ready, this.end]).toEqual([true, null]);
    this.ready = this.bodies.push(body) < this.#takes;
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
