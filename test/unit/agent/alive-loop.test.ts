import { assert, asyncProperty, double, integer } from 'fast-check';
import { expect, test } from 'vitest';
import { AliveSwitch, aliveLoop, Pace } from '../../../agent/alive-loop.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function beating(random: () => number, aliveMs = 3_000) {
  const clock = new ManualClock();
  const pace = new Pace();
  pace.told({ aliveMs, spreadMs: 0 });
  const beats: number[] = [];
  const beat = () => void beats.push(clock.elapsed());
  return { clock, pace, beats, parts: { clock, pace, random, beat } };
}

test('sends one signal a period, up to a tenth sooner or later', async () => {
  await assert(
    asyncProperty(
      integer({ min: 100, max: 60_000 }),
      double({ min: 0, max: 0.999, noNaN: true }),
      async (aliveMs, chance) => {
        const { clock, beats, parts } = beating(() => chance, aliveMs);
        const stop = new AbortController();
        const loop = aliveLoop(parts, stop.signal);
        await clock.advance(aliveMs * 3.4);
        stop.abort();
        await loop;
        expect(beats).toHaveLength(3);
        expect(beats[0]).toBeGreaterThanOrEqual(aliveMs * 0.9 - 1e-6);
        expect(beats[0]).toBeLessThanOrEqual(aliveMs * 1.1);
      },
    ),
    { numRuns: 20 },
  );
});

test('follows a changed pace at once and is not disturbed by one that is told again', async () => {
  const { clock, pace, beats, parts } = beating(() => 0.5);
  const stop = new AbortController();
  const loop = aliveLoop(parts, stop.signal);
  await clock.advance(2_000);
  pace.told({ aliveMs: 3_000, spreadMs: 5 });
  await clock.advance(1_000);
  expect(beats).toEqual([3_000]);
  pace.told({ aliveMs: 500, spreadMs: 0 });
  await clock.advance(1_000);
  expect(beats).toEqual([3_000, 3_500, 4_000]);
  stop.abort();
  await loop;
});

test('beats once however often it is switched on, and not at all when switched off', async () => {
  const { clock, beats, parts } = beating(() => 0.5);
  const alive = new AliveSwitch(parts);
  alive.begin();
  alive.begin();
  await clock.advance(3_000);
  expect(beats).toEqual([3_000]);
  alive.end();
  await clock.advance(9_000);
  expect(beats).toEqual([3_000]);
  alive.begin();
  await clock.advance(3_000);
  expect(beats).toEqual([3_000, 15_000]);
  alive.end();
});
