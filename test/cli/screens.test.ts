import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { plainScreen } from '../../src/cli/plain.js';
import type { Screen } from '../../src/cli/screen.js';
import { terminalScreen } from '../../src/cli/terminal.js';
import { ServerClock } from '../../src/client/clock.js';
import type { Cluster, Step } from '../../src/client/index.js';

const started = '2014-10-29T12:36:59.329Z';
const step = (over: Partial<Step> = {}) =>
  ({
    id: 'step',
    state: 'RUNNING',
    stepName: '启动实例',
    summary: '启动实例 completed: 1 out of 1000',
    completed: 1,
    failed: 0,
    total: 1000,
    startedAt: started,
    duration: null,
    ...over,
  }) as Step;

function clockAt(serverTime: string): ServerClock {
  const clock = new ServerClock();
  clock.hear(serverTime);
  return clock;
}

const closing = (screen: Screen): Screen => {
  onTestFinished(() => screen.close());
  return screen;
};

/** A screen on a terminal, and all that was written to it. */
function terminal({ columns = 80, colours = false, serverTime = started } = {}) {
  const written: string[] = [];
  const out = { columns, hasColors: () => colours, write: (text: string) => written.push(text) > 0 };
  return { screen: closing(terminalScreen(out, clockAt(serverTime))), written, out };
}

test('the current step never takes more columns than the terminal has, also after it became narrower', () => {
  const { screen, written, out } = terminal({ columns: 20 });
  screen.step(step(), false);
  // 8 of 10 columns of Chinese, and what follows it.
  expect(written.at(-1)).toBe('\r\u001b[2K▸ 启动实例 complet…');
  out.columns = 10;
  screen.deleted({ name: 'x' } as Cluster);
  expect(written.at(-1)).toBe('\r\u001b[2Kx was deleted\n▸ 启动实…');
});

test('without colours, nothing but the erasing of the line is sent to the terminal', () => {
  const { screen, written } = terminal({ columns: 200 });
  screen.step(step(), false);
  screen.step(step({ state: 'SUCCEEDED', duration: 5 }), true);
  screen.connection({ status: 'stale', since: new Date(started) });
  expect(written.join('').replaceAll('\r\u001b[2K', '')).not.toContain('\u001b');
});

test('with colours, what was reported is still shown, not executed', () => {
  const { screen, written } = terminal({ colours: true });
  screen.step(step({ summary: 'evil\u001b[2J\nname' }), false);
  expect(written.at(-1)).toContain(String.raw`evil\u{1b}[2J name`);
});

test('a running step has taken as long as the server says, and never less than nothing', () => {
  const fast = terminal({ serverTime: '2014-10-29T12:41:59.329Z' });
  fast.screen.step(step(), false);
  expect(fast.written.at(-1)).toMatch(/ \(5 min 0 s\)$/);
  const behind = terminal({ serverTime: '2014-10-29T11:00:00.000Z' });
  behind.screen.step(step(), false);
  expect(behind.written.at(-1)).toMatch(/ \(0 ms\)$/);
});

test('the time of the server goes on between its messages, and a late message does not turn it back', () => {
  const clock = clockAt(started);
  clock.hear('2014-10-29T12:36:58.329Z');
  expect(clock.since(started)).toBeGreaterThanOrEqual(0);
  expect(clock.since('2014-10-29T12:36:58.329Z')).toBeGreaterThanOrEqual(1000);
});

test('after the current step was left, what the shell writes begins on a line of its own', () => {
  const { screen, written } = terminal();
  screen.step(step(), false);
  screen.close();
  screen.close();
  expect(written.slice(1)).toEqual(['\n']);
});

test('a file gets whole lines without styles, a step again at every tenth of it', () => {
  const out = new PassThrough().setEncoding('utf8');
  const screen = closing(plainScreen(out, clockAt(started)));
  for (const completed of [1, 99, 100, 100, 250])
    screen.step(step({ completed, summary: `half ${completed}`, duration: 5 }), false);
  expect(out.read()).toBe('▸ half 1 (5 ms)\n▸ half 100 (5 ms)\n▸ half 250 (5 ms)\n');
});

test('a file gets a failed step again only if more came of it before it was settled', () => {
  const out = new PassThrough().setEncoding('utf8');
  const screen = closing(plainScreen(out, clockAt(started)));
  const failed = step({ state: 'FAILED', summary: 'half 1, 1 failed', duration: 5 });
  screen.step(failed, false);
  screen.step(failed, true);
  const other = step({ ...failed, id: 'other', summary: 'other 1, 1 failed' });
  screen.step(other, false);
  screen.step({ ...other, summary: 'other 2, 1 failed' }, true);
  expect(out.read()).toBe('✗ half 1, 1 failed (5 ms)\n✗ other 1, 1 failed (5 ms)\n✗ other 2, 1 failed (5 ms)\n');
});
