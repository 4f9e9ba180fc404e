import { styleText } from 'node:util';
import { expect, test } from 'vitest';
import { jsonLine, oneLine, printable, shortly, truncate } from '../../src/cli/text.js';

test('control characters in what was reported do not reach the terminal', () => {
  expect(printable('\u001b[2Jgone\u0007 \u202etxet\r\n\tkept')).toBe(
    `${String.raw`\u{1b}[2Jgone\u{7} \u{202e}txet`}\n\tkept`,
  );
  expect(oneLine('\u009b31mred\nand\ton')).toBe(String.raw`\u{9b}31mred and on`);
  expect(jsonLine({ eventInfo: '\u001b[2J\u009b\u202e' })).toBe(String.raw`{"eventInfo":"\u001b[2J\u009b\u202e"}`);
});

test.each([
  ['what fits is left alone', 'abcdef', 6, 'abcdef'],
  ['one column is the mark', 'abcdefg', 6, 'abcde…'],
  ['Chinese takes two columns a character', '部署集群节点', 7, '部署集…'],
  ['a wide character that would stick out is left out', '部署集群节点', 6, '部署…'],
  ['a family is one character, two columns wide', '👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 5, '👩‍👩‍👧👩‍👩‍👧…'],
  ['flags and skin tones are not split', '🇩🇪👍🏽x', 4, '🇩🇪…'],
  ['accents that combine take no column', 'e\u0301e\u0301e\u0301', 3, 'e\u0301e\u0301e\u0301'],
  ['and stay with their letter', 'e\u0301e\u0301e\u0301', 2, 'e\u0301…'],
])('a line is cut to the width of the terminal: %s', (_, line, columns, cut) => {
  expect(truncate(line, columns)).toBe(cut);
});

test('a styled line is cut where it looks too long, and its styles end', () => {
  const [red = '', normal = ''] = styleText('red', '|', { validateStream: false }).split('|');
  expect(truncate(`${red}abc${normal}defg`, 5)).toBe(`${red}abc${normal}d…`);
  expect(truncate(`${red}abcdef${normal}gh`, 4)).toBe(`${red}abc…${normal}`);
});

test.each([
  [-86_400_000, '0 ms'],
  [-0.4, '0 ms'],
  [340.4, '340 ms'],
  [59_949, '59.9 s'],
  [59_999, '1 min 0 s'],
  [7_380_000, '2 h 3 min'],
])('%d ms are said as %s', (milliseconds, words) => expect(shortly(milliseconds)).toBe(words));
