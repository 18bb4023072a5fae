import { expect, test } from 'vitest';
import { Pace } from '../../../../gateway-server/api/pace.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

test('a key goes on as fast as the rate, and no other key waits for it', async () => {
  const clock = new ManualClock();
  const pace = new Pace({ perSecond: 2, burst: 1 }, clock);
  expect([pace.waitMs('a'), pace.waitMs('a'), pace.waitMs('b')]).toEqual([0, 500, 0]);
  await clock.advance(500);
  expect(pace.waitMs('a')).toBe(0);
});

test('the key that was seen longest ago is forgotten first', () => {
  const pace = new Pace({ perSecond: 1, burst: 1 }, new ManualClock(), 2);
  for (const key of ['a', 'b', 'a', 'c']) pace.waitMs(key);
  expect([pace.waitMs('a'), pace.waitMs('b')]).toEqual([1_000, 0]);
});
