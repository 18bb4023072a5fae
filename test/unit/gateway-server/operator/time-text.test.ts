import { expect, test } from 'vitest';
import { durationText, timeText } from '../../../../gateway-server/operator/time-text.ts';

test.each([
  [0, '0.0 s'],
  [3_240, '3.2 s'],
  [9_999, '10.0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [725_000, '12 min 5 s'],
  [7_200_000, '2 h'],
  [7_265_000, '2 h 1 min'],
  [183_600_000, '2 d 3 h'],
])('%d ms read as %s', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

test('a time is told to the second, in UTC', () => {
  expect(timeText(1_700_000_000_999)).toBe('2023-11-14 22:13:20 UTC');
});
