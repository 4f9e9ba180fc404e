import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/client/index.js';
import { addressOfEvent, errorIdIn } from '../../src/web/page/errors/destination.js';
import { LogRows } from '../../src/web/page/live/log/rows.js';
import { conditionsOf, matches } from '../../src/web/page/live/log/scope.js';
import { nothing } from '../../src/web/page/live/log/state.js';
import { readFilter, readScope, scopeOf } from '../../src/web/page/log/filter.js';
import { FollowRule } from '../../src/web/page/log/follow-rule.js';
import { asJson, asText } from '../../src/web/page/log/lines.js';
import { noteOn } from '../../src/web/page/log/notes.js';
import { centering, firstSeen, revealing, rowsAt } from '../../src/web/page/log/window.js';
import { gist } from '../../src/web/page/ui/gist.js';

const event = (id: number | string, row: Partial<Event> = {}): Event => ({
  id: String(id),
  clusterId: 'c',
  provisionStepId: 's',
  nodeGroupId: null,
  instanceId: null,
  instanceName: null,
  eventInfo: null,
  successful: true,
  errorId: null,
  late: false,
  withdrawn: false,
  occurredAt: '2026-01-01T10:00:00.000Z',
  createdAt: '2026-01-01T10:00:00.000Z',
  updatedAt: '2026-01-01T10:00:00.000Z',
  ...row,
});

describe('a stretch of a log', () => {
  const most = 40;
  /** A log whose events are numbered, and so are its cursors. */
  const page = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => event(from + index));

  /** Older events, as a server gives them: those below a cursor, the newest of them. */
  const older = (rows: LogRows, count: number) => {
    const before = Number(rows.before);
    const from = Math.max(0, before - count);
    rows.prepend({ events: page(from, before), before: from > 0 ? String(from) : null, after: String(before - 1) });
  };
  /** Newer events, as a page has them: its own cursors are those of its first and its last event. */
  const newer = (rows: LogRows, count: number, end: number) => {
    const from = Number(rows.after ?? -1) + 1;
    const to = Math.min(end, from + count);
    if (to > from) rows.append({ events: page(from, to), before: String(from), after: String(to - 1) });
  };
  /** Newer events as they are followed: only where they end is known. */
  const live = (rows: LogRows, count: number) => {
    const from = Number(rows.after ?? -1) + 1;
    const cursor = String(from + count - 1);
    rows.append({ events: page(from, from + count), before: cursor, after: cursor });
  };

  const action = fc.record({
    kind: fc.constantFrom('older', 'newer', 'live', 'oldest', 'newest'),
    count: fc.integer({ min: 1, max: 30 }),
  });

  test('has no gap and no event twice, whatever is read, comes and is let go of; a row keeps its number', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), fc.integer({ min: 1, max: 60 }), (actions, start) => {
        const rows = new LogRows(most);
        let end = start;
        const from = Math.max(0, start - 20);
        rows.append({ events: page(from, start), before: from > 0 ? String(from) : null, after: String(start - 1) });
        const numberOf = (index: number) => Number(rows.rows[index]?.id) - (rows.base + index);
        const offset = numberOf(0);
        for (const { kind, count } of actions) {
          if (kind === 'older' && rows.before !== null) older(rows, count);
          if (kind === 'newer') newer(rows, count, end);
          if (kind === 'live' && Number(rows.after) === end - 1) {
            live(rows, count);
            end += count;
          }
          if (kind === 'oldest' || kind === 'newest') rows.trim(kind);
          const ids = rows.rows.map(({ id }) => Number(id));
          expect(ids).toEqual(ids.map((_, index) => (ids[0] as number) + index));
          expect(rows.size).toBe(ids.length);
          expect(numberOf(0)).toBe(offset);
          // Whoever reads on from either end finds what comes next.
          expect(Number(rows.after)).toBe(ids.at(-1));
          expect(rows.before === null ? 0 : Number(rows.before)).toBeGreaterThanOrEqual(ids[0] as number);
        }
      }),
    );
  });

  test('lets go of whole parts until it is small enough, but never of the last one', () => {
    const rows = new LogRows(most);
    for (let part = 0; part < 5; part += 1) live(rows, 30);
    expect(rows.trim('oldest')).toBe(120);
    expect([rows.size, rows.base, rows.rows[0]?.id]).toEqual([30, 120, '120']);
    live(rows, 60);
    expect(rows.trim('newest')).toBe(60);
    expect(rows.after).toBe('149');
    expect(rows.trim('newest')).toBe(0);
  });

  test('is one part as long as it grows slowly, and is the same array as long as nothing changes', () => {
    const rows = new LogRows(most);
    for (let number = 0; number < 45; number += 1) live(rows, 1);
    const held = rows.rows;
    expect(rows.append({ events: [event(44)], before: '44', after: '50' })).toBe(0);
    expect(rows.rows).toBe(held);
    expect([rows.trim('oldest'), rows.after, rows.size]).toEqual([0, '50', 45]);
  });

  test('is searched further back from where nothing was found', () => {
    const rows = new LogRows(most);
    rows.append({ events: [], before: '900', after: null });
    expect(rows.prepend({ events: [], before: '800', after: null })).toBe(0);
    expect([rows.before, rows.size, rows.base]).toEqual(['800', 0, 0]);
  });
});

describe('following', () => {
  const at = (top: number) => {
    const rule = new FollowRule(true);
    rule.placed(0, top);
    rule.scrolled(top, top);
    return rule;
  };

  test('goes on while the page scrolls by itself', () => {
    const rule = at(1_000);
    for (const top of [1_024, 1_048, 900, 2_000]) {
      rule.placed(0, top);
      rule.scrolled(top, 3_000);
      expect(rule.following).toBe(true);
    }
  });

  test('ends with the first pixel that the reader moves up, and begins again at the end only', () => {
    const rule = at(1_000);
    rule.scrolled(999, 1_000);
    expect(rule.following).toBe(false);
    rule.scrolled(500, 1_000);
    rule.scrolled(900, 1_000);
    expect(rule.following).toBe(false);
    rule.scrolled(999.5, 1_000);
    expect(rule.following).toBe(true);
  });

  test('does not begin at the end of what is held when newer ones are to be read', () => {
    const rule = at(1_000);
    rule.scrolled(900, null);
    rule.scrolled(1_000, null);
    expect(rule.following).toBe(false);
  });

  test('a position that the page has set counts as its own once', () => {
    const rule = at(1_000);
    rule.scrolled(900, 1_000);
    rule.scrolled(1_000, 1_000);
    expect(rule.following).toBe(true);
  });

  test('ends when the reader leaves, and rows that are put above do not begin it again', () => {
    const rule = at(1_000);
    rule.leave();
    rule.placed(1_000, 5_800);
    rule.scrolled(5_800, 5_800);
    expect(rule.following).toBe(false);
  });
});

describe('rows near what is seen', () => {
  const geometry = { rowHeight: 24, above: 64, height: 480 };
  test('are rendered, and none twice or beyond the last', () => {
    expect(rowsAt(0, 1_000, geometry)).toEqual([0, 30]);
    const [from, to] = rowsAt(64 + 24 * 500, 1_000, geometry);
    expect([from <= 490, to >= 530, to - from < 60]).toEqual([true, true, true]);
    expect(rowsAt(0, 3, geometry)).toEqual([0, 3]);
    expect(rowsAt(100_000, 3, geometry)).toEqual([3, 3]);
  });
  test('are found by position, and positions by row', () => {
    expect(firstSeen(64 + 24 * 7 + 5, geometry)).toEqual({ row: 7, hidden: 5 });
    expect(firstSeen(10, geometry)).toEqual({ row: 0, hidden: -54 });
    expect(revealing(10, 1_000, geometry, 28)).toBe(64 + 240 - 28);
    expect(revealing(100, 0, geometry, 28)).toBe(64 + 24 * 101 - 480);
    expect(revealing(10, 100, geometry, 28)).toBe(100);
    expect(centering(0, geometry)).toBe(0);
    expect(centering(100, geometry)).toBe(64 + 24 * 100.5 - 240);
  });
});

describe('what is looked for', () => {
  test('is read from the address, and what is wrong there is left out', () => {
    expect(readFilter('?outcome=failed&q=no+space&nodeGroup=worker&instance=i-1&instanceName=w')).toEqual({
      successful: false,
      text: 'no space',
      nodeGroupId: 'worker',
      instanceId: 'i-1',
      instanceName: 'w',
    });
    expect(readFilter('?outcome=toString&q=&event=1')).toEqual({});
    expect(readFilter(`?q=${'x'.repeat(2_000)}`).text).toHaveLength(1_000);
    expect([readScope(''), readScope('?scope=cluster'), readScope('?scope=x')]).toEqual(['step', 'cluster', 'step']);
  });

  test('is asked of the server for a step, an operation or a cluster', () => {
    const step = { id: 's', clusterId: 'c', operationId: 'o' };
    expect(conditionsOf(scopeOf('step', step), {})).toEqual({ stepId: 's' });
    expect(conditionsOf(scopeOf('operation', step), { text: 'a' })).toEqual({ operationId: 'o', text: 'a' });
    expect(conditionsOf(scopeOf('cluster', step), { successful: false })).toEqual({ successful: false });
  });

  test('is found in what comes, as the server would: whatever the case, in every field that it looks at', () => {
    const found = (row: Partial<Event>, text: string) => matches(event(1, row), { text });
    expect(found({ eventInfo: 'OSError: No Space' }, 'no space')).toBe(true);
    expect(found({ instanceName: 'Worker-1' }, 'WORKER')).toBe(true);
    expect(found({ instanceId: 'i-1' }, 'I-1')).toBe(true);
    expect(found({ nodeGroupId: 'master' }, 'mast')).toBe(true);
    expect(found({ errorId: 'abc' }, 'abc')).toBe(false);
    expect(found({ eventInfo: 'a%b' }, 'a.b')).toBe(false);
    expect(matches(event(1, { instanceName: 'worker-10' }), { instanceName: 'worker-1' })).toBe(false);
    expect(matches(event(1), { nodeGroupId: 'worker' })).toBe(false);
    expect(matches(event(1), { successful: false })).toBe(false);
    expect(matches(event(1), {})).toBe(true);
  });
});

describe('what is said of a log', () => {
  const read = { ...nothing, opened: true, older: 'end' as const };
  const step = { state: 'RUNNING' as const, completed: 0, failed: 0, successful: null };
  test('that successes were erased and what remains, that all was, or that nothing has come yet', () => {
    expect(noteOn(read, 'step', step, {})).toMatch(/^Nothing has been reported for this step yet/);
    const succeeded = { ...step, state: 'SUCCEEDED' as const, completed: 998 };
    expect(noteOn(read, 'step', succeeded, {})).toBe(
      'This step succeeded, so the reports of its 998 successes were erased: its counters and times remain.',
    );
    const failure = { ...read, rows: [event(1, { successful: false })] };
    expect(noteOn(failure, 'step', succeeded, {})).toMatch(/What went wrong on the way is kept\.$/);
    expect(noteOn({ ...read, rows: [event(1)] }, 'step', succeeded, {})).toBeNull();
    expect(noteOn(read, 'step', { ...step, state: 'FAILED', failed: 1 }, {})).toBe(
      'The 1 report of this step was erased after the retention time. Its counters remain.',
    );
    expect(noteOn(read, 'step', { ...step, state: 'SKIPPED' }, {})).toMatch(/skipped/);
    expect(noteOn(read, 'cluster', step, {})).toMatch(/^This log is empty/);
  });
  test('nothing before it is read to its beginning, or while something is looked for', () => {
    expect(noteOn({ ...read, older: 'more' }, 'step', step, {})).toBeNull();
    expect(noteOn(nothing, 'step', step, {})).toBeNull();
    expect(noteOn(read, 'step', step, { text: 'x' })).toBeNull();
  });
});

test('a log is written as text, with what was reported below its line, and as JSON lines', () => {
  const failure = event('e', {
    successful: false,
    instanceName: 'worker-1',
    errorId: '5f2c',
    late: true,
    eventInfo: 'Traceback:\n  x\n',
  });
  expect(asText(failure, 'Launching')).toBe(
    '2026-01-01T10:00:00.000Z  failed     Launching  worker-1  error id 5f2c  late\n    Traceback:\n      x',
  );
  expect(asText(event(1), undefined)).toBe('2026-01-01T10:00:00.000Z  succeeded  whole step');
  expect(JSON.parse(asJson(failure))).toEqual(failure);
});

test('a line says what was reported: the first one, of a traceback the one that names the error', () => {
  expect(gist('\n no route to host\nmore')).toBe(' no route to host');
  expect(
    gist('Traceback (most recent call last):\n  File "a.py"\n    x()\nOSError: \u001b[31mno space\u001b[0m\n'),
  ).toBe('OSError: no space');
  expect(gist('Traceback (most recent call last):')).toBe('Traceback (most recent call last):');
  expect(gist('')).toBe('');
});

describe('an error id', () => {
  test('leads to the event where it happened', () => {
    expect(addressOfEvent({ id: 'e', clusterId: 'c/1', provisionStepId: 's', step: { operationId: 'o' } })).toBe(
      '/clusters/c%2F1/operations/o/steps/s?tab=log&event=e',
    );
  });
  test('is found in what was pasted', () => {
    for (const typed of ['5f2c', ' 5f2c ', '"5f2c"', 'error id 5f2c', 'Error-ID: 5f2c.', '(5f2c)', 'errorId=5f2c'])
      expect(errorIdIn(typed)).toBe('5f2c');
    expect(errorIdIn('  ')).toBe('');
  });
});
