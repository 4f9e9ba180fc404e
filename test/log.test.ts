import { expect, test } from 'vitest';
import { createLog } from '../src/log.js';

const written = (log: (to: ReturnType<typeof createLog>) => void): string => {
  const lines: string[] = [];
  log(createLog('info', { write: (line) => void lines.push(line) }));
  return lines.join('');
};

test('no control character of what a client sent reaches the log as it is, and all can be read back', () => {
  const every = String.fromCodePoint(
    ...Array.from({ length: 0xa0 }, (_, code) => code),
    0x2028,
    0x2029,
    0x202e,
    0x2066,
  );
  const hostile = `\u009b2J${every}`;
  const line = written((log) => {
    log.info({ name: hostile, [hostile]: 1, err: new Error(hostile) }, hostile);
    log.child({ bound: hostile }).warn('bound');
  });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  expect(line.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202e\u2066]/);
  expect(line.match(/\n/g)).toHaveLength(2);
  const [first, second] = line
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text));
  expect(first).toMatchObject({ msg: hostile, name: hostile, [hostile]: 1, err: { message: hostile } });
  expect(second).toMatchObject({ bound: hostile });
});
