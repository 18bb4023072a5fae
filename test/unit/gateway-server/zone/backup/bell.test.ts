import { describe, expect, test } from 'vitest';
import { Bell } from '../../../../../gateway-server/zone/backup/bell.ts';
import { ManualClock } from '../../../../support/manual-clock.ts';

const NEVER = new AbortController().signal;

/** Rests for a second and notes when that was over. */
function resting(bell: Bell, clock: ManualClock, signal: AbortSignal = NEVER) {
  const rest: { overAt: number | null } = { overAt: null };
  void bell.rest(1_000, signal).then(() => {
    rest.overAt = clock.elapsed();
  });
  return rest;
}

describe('a bell', () => {
  test('ends a rest before its time', async () => {
    const clock = new ManualClock();
    const bell = new Bell(clock);
    const rest = resting(bell, clock);
    await clock.advance(300);
    bell.ring();
    await clock.advance(0);
    expect(rest.overAt).toBe(300);
  });

  test('that was rung before the rest lets none begin, and only that one', async () => {
    const clock = new ManualClock();
    const bell = new Bell(clock);
    bell.ring();
    bell.ring();
    const first = resting(bell, clock);
    await clock.advance(100);
    const second = resting(bell, clock);
    await clock.advance(2_000);
    expect([first.overAt, second.overAt]).toEqual([0, 1_100]);
  });

  test('leaves a rest to its time, or to the end of everything', async () => {
    const clock = new ManualClock();
    const stop = new AbortController();
    const [whole, ended] = [new Bell(clock), new Bell(clock)];
    const rests = [resting(whole, clock), resting(ended, clock, stop.signal)];
    await clock.advance(500);
    stop.abort();
    await clock.advance(1_000);
    expect(rests.map(({ overAt }) => overAt)).toEqual([1_000, 500]);
  });
});
