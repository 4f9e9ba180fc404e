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
