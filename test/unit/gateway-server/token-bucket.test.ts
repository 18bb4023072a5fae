import { expect, test } from 'vitest';
import { TokenBucket } from '../../../gateway-server/token-bucket.ts';
import { ManualClock } from '../../support/manual-clock.ts';

test('gives the burst at once, then the rate, and never saves up more than the burst', async () => {
  const clock = new ManualClock();
  const bucket = new TokenBucket({ perSecond: 2, burst: 3 }, clock);
  expect([bucket.take(2), bucket.take(2), bucket.take(1), bucket.take(1)]).toEqual([
    true,
    false,
    true,
    false,
  ]);
  await clock.advance(500);
  expect([bucket.take(1), bucket.take(1)]).toEqual([true, false]);
  await clock.advance(60_000);
  expect(bucket.isFull()).toBe(true);
  expect([bucket.take(4), bucket.take(3), bucket.isFull()]).toEqual([false, true, false]);
});
