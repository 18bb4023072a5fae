import { expect, test } from 'vitest';
import { clientIdOf, type LineId, parseLineId } from '../../../protocol/line-id.ts';

test.each(['a', '0', 'alice', 'line-7', 'a-', 'a'.repeat(32)])('takes %j for a line id', (text) => {
  expect(parseLineId(text)).toBe(text);
});

test.each([
  '',
  '-a',
  'A',
  'a_b',
  'a.b',
  'a/b',
  'a+',
  '#',
  '$gateway',
  'ä',
  ' a',
  'a\n',
  'a\0',
  'a'.repeat(33),
  'gateway',
  'all',
  'admin',
  'root',
  'porchlight',
  '__proto__',
])('does not take %j for a line id', (text) => {
  expect(parseLineId(text)).toBeUndefined();
});

test('names the one client id of a line', () => {
  expect(clientIdOf('alice' as LineId)).toBe('porchlight-alice');
});
