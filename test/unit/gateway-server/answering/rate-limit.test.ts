import { expect, test } from 'vitest';
import { neighbourhoodOf, RateLimit } from '../../../../gateway-server/answering/rate-limit.ts';
import { parseAddress } from '../../../../protocol/address.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

function limit(mostKeys?: number) {
  const clock = new ManualClock();
  const allowances = [
    { most: 2, windowMs: 1_000 },
    { most: 3, windowMs: 10_000 },
  ];
  return { clock, limit: new RateLimit(allowances, clock, mostKeys) };
}

test('lets as many through as the window allows, and again when the oldest has left it', async () => {
  const { clock, limit: visitors } = limit();
  visitors.count('a');
  await clock.advance(400);
  visitors.count('a');
  expect(visitors.waitMs('a')).toBe(600);
  expect(visitors.waitMs('b')).toBe(0);
  await clock.advance(600);
  expect(visitors.waitMs('a')).toBe(0);
});

test('tells the longest wait when several windows are full', async () => {
  const { clock, limit: visitors } = limit();
  for (let i = 0; i < 3; i++) {
    visitors.count('a');
    await clock.advance(1_000);
  }
  expect(visitors.waitMs('a')).toBe(7_000);
});

test('is not fooled by a wall clock that jumps', () => {
  const { clock, limit: visitors } = limit();
  visitors.count('a');
  visitors.count('a');
  clock.jumpWall(3_600_000);
  expect(visitors.waitMs('a')).toBe(1_000);
});

test('forgets the key counted longest ago when there are too many', () => {
  const { limit: visitors } = limit(2);
  for (const key of ['a', 'b', 'a', 'b', 'a', 'c']) visitors.count(key);
  expect(['a', 'b', 'c'].map((key) => visitors.waitMs(key) > 0)).toEqual([true, false, false]);
});

test.each([
  ['192.0.2.1', '::ffff:192.0.2.1', true],
  ['192.0.2.1', '192.0.2.2', false],
  ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', true],
  ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
])('takes %s and %s for one neighbourhood: %s', (a, b, isSame) => {
  const [first, second] = [a, b].map((text) => neighbourhoodOf(parseAddress(text) ?? null));
  expect(first === second).toBe(isSame);
});
