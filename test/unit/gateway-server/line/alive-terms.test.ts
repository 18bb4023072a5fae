import { expect, test } from 'vitest';
import { aliveTerms } from '../../../../gateway-server/line/alive-terms.ts';

test.each([10_000, 20_000, 30_000])('of a time-out of %i ms agents signal every third', (timeoutMs) => {
  expect(aliveTerms(timeoutMs, 10).aliveMs).toBe(Math.round(timeoutMs / 3));
});

test('a reconnection is spread only when there are many lines, and then in whole milliseconds', () => {
  expect([1, 1_000, 1_001, 100_000].map((lines) => aliveTerms(10_000, lines).spreadMs)).toEqual([
    0, 0, 2_503, 5_000,
  ]);
});

test('no agent is asked for more than ten signals a second', () => {
  expect(aliveTerms(3, 1).aliveMs).toBe(100);
});
