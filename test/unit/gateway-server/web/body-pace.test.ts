import { expect, test } from 'vitest';
import { BodyPace } from '../../../../gateway-server/web/body-pace.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { MemoryLog } from '../../../support/memory-log.ts';

/** A body that has brought `bytesAt(seconds)` by then; tells in which second it was cut. */
async function sent(bytesAt: (seconds: number) => number, mostSeconds: number, wholeAt = Infinity) {
  const clock = new ManualClock();
  const pace = new BodyPace(clock, new MemoryLog());
  const stop = new AbortController();
  const running = pace.run(stop.signal);
  let seconds = 0;
  let cutAt: number | null = null;
  pace.begins({
    bytes: () => 300 + bytesAt(seconds),
    isWhole: () => seconds >= wholeAt,
    cut: () => {
      cutAt = seconds;
    },
  });
  while (seconds < mostSeconds) {
    seconds += 1;
    await clock.advance(1_000);
  }
  stop.abort();
  await running;
  return cutAt;
}

test('five megabytes over a slow line are taken, however long they need', async () => {
  expect(await sent((seconds) => seconds * 8_200, 640)).toBeNull();
});

test('a body that drips is cut after the grace', async () => {
  expect(await sent((seconds) => seconds * 100, 60)).toBe(30);
});

test('a body that begins well and then drips is cut once its whole pace is too slow', async () => {
  const cutAt = await sent((seconds) => Math.min(400_000, seconds * 100_000), 120);
  expect(cutAt).toBeGreaterThan(48);
  expect(cutAt).toBeLessThan(56);
});

test('who has sent everything may wait for the answer as long as it takes', async () => {
  expect(await sent(() => 10, 600, 2)).toBeNull();
});
