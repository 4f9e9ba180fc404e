import { expect, test } from 'vitest';
import { fromResponse } from '../../src/client/errors.js';

const error = (extensions: Record<string, unknown>) => fromResponse([{ message: 'no', extensions }]);

test('whether a call may be repeated is what the server says; without a word, what could not be reached may', () => {
  expect(error({ code: 'CONFLICT', retryable: true }).retryable).toBe(true);
  expect(error({ code: 'UNAVAILABLE', retryable: false }).retryable).toBe(false);
  expect(error({ code: 'UNAVAILABLE' }).retryable).toBe(true);
  expect(error({ code: 'CONFLICT' }).retryable).toBe(false);
  expect(error({ code: 'INTERNAL', retryable: 'yes' }).retryable).toBe(false);
});

test('when it may be repeated is what the header says, else the error, within bounds', () => {
  const busy = { code: 'LIMIT_EXCEEDED', retryable: true, retryAfterSeconds: 7 };
  expect(error(busy)).toMatchObject({ retryable: true, retryAfter: 7_000 });
  expect(fromResponse([{ message: 'no', extensions: busy }], 2_000).retryAfter).toBe(2_000);
  expect(error({ ...busy, retryAfterSeconds: 86_400 }).retryAfter).toBe(300_000);
  expect(error({ ...busy, retryAfterSeconds: -1 }).retryAfter).toBe(0);
  expect(error({ ...busy, retryAfterSeconds: 'soon' }).retryAfter).toBeUndefined();
  expect(error({ code: 'LIMIT_EXCEEDED' })).toMatchObject({ retryable: false, retryAfter: undefined });
});
