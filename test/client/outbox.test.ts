import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StepcastError } from '../../src/client/errors.js';
import { Outage } from '../../src/client/report/outage.js';
import { Outbox } from '../../src/client/report/outbox.js';
import type { EventInput } from '../../src/generated/client.js';

const internal = () => new StepcastError('INTERNAL', 'a fault of the server');

interface Server {
  /** Ids of events that the server fails at, whenever they are in a request, and what it says then. */
  readonly poison?: ReadonlyMap<string, StepcastError>;
  /** What it answers first, whatever it is sent. */
  readonly first?: readonly StepcastError[];
}

/** An outbox and a server that records what it is sent. */
function reporting({ poison = new Map(), first = [] }: Server = {}) {
  const recorded: string[] = [];
  const refused: string[] = [];
  const givenUp: string[] = [];
  const waits: number[] = [];
  const answers = [...first];
  const sendEvents = async (events: EventInput[]) => {
    const error = answers.shift() ?? events.map(({ id }) => poison.get(id)).find((found) => found !== undefined);
    if (error) throw error;
    recorded.push(...events.map(({ id }) => id));
    return events.map(() => null);
  };
  const outbox = new Outbox({
    sendEvents,
    onRefused: ({ message }) => refused.push(message),
    limit: 2 ** 20,
    outage: new Outage({ now: () => performance.now(), notice: () => {} }),
    pause: (failures) => {
      waits.push(failures);
      return 0;
    },
  });
  const report = (id: string) =>
    outbox.add({
      kind: 'report',
      size: 1,
      event: () => ({ id, stepId: 'step', successful: true }),
      givenUp: () => givenUp.push(id),
    });
  return { outbox, report, recorded, refused, givenUp, waits };
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);
const patiently = 60_000;

test('E7: a fault of the moment loses nothing: reports wait longer and longer, and are sent again', async () => {
  const own = reporting({ first: Array.from({ length: 9 }, internal) });
  for (const id of names(3)) own.report(id);
  expect(await own.outbox.flush(patiently)).toBe(0);
  expect(own.recorded.sort()).toEqual(names(3));
  expect(own.refused).toEqual([]);
});

test('E7: a single report is sent ten times before it is given up, with growing waits, and that is told', async () => {
  const own = reporting({ poison: new Map([['0', internal()]]) });
  own.report('0');
  expect(await own.outbox.flush(patiently)).toBe(0);
  expect(own.waits).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect([own.givenUp, own.refused]).toEqual([['0'], ['a fault of the server']]);
});

test('E7: wherever the reports are that the server fails at or refuses, all others are recorded once, in order', async () => {
  const kind = fc.oneof(
    { weight: 8, arbitrary: fc.constant(null) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('INTERNAL' as const, 'BAD_USER_INPUT' as const, 'LIMIT_EXCEEDED' as const),
    },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(kind, { minLength: 1, maxLength: 60 }), async (kinds) => {
      const poison = new Map(kinds.flatMap((code, id) => (code ? [[`${id}`, new StepcastError(code, code)]] : [])));
      const own = reporting({ poison });
      for (const id of names(kinds.length)) own.report(id);
      expect(await own.outbox.flush(patiently)).toBe(0);
      expect(own.recorded).toEqual(names(kinds.length).filter((id) => !poison.has(id)));
      expect(own.givenUp).toEqual([...poison.keys()]);
      expect(own.refused).toEqual([...poison.values()].map(({ message }) => message));
    }),
    { numRuns: 50 },
  );
});

test('what is refused for who sends it is not sent by halves', async () => {
  const own = reporting({ first: [new StepcastError('FORBIDDEN', 'not a reporter')] });
  for (const id of names(4)) own.report(id);
  await own.outbox.flush(patiently);
  expect(own.recorded).toEqual([]);
  expect(own.givenUp).toEqual(names(4));
  expect(own.refused).toEqual(['not a reporter']);
});
