import { describe, expect, test } from 'vitest';
import { QuestionPace } from '../../../../../gateway-server/zone/backup/question-pace.ts';
import { ManualClock } from '../../../../support/manual-clock.ts';

/** The gaps between so many questions that find nothing new. */
async function gaps(clock: ManualClock, pace: QuestionPace, count: number): Promise<number[]> {
  const found: number[] = [];
  for (let n = 0; n < count; n++) {
    pace.asked(false);
    found.push(pace.restMs);
    await clock.advance(pace.restMs);
  }
  return found;
}

function pacing() {
  const clock = new ManualClock(1_000);
  return { clock, pace: new QuestionPace(clock) };
}

describe('the pace of questions', () => {
  test('begins with a question at once', () => {
    expect(pacing().pace.restMs).toBe(0);
  });

  test('doubles up to a quarter of a second while somebody waits', async () => {
    const { clock, pace } = pacing();
    pace.asked(true);
    pace.hurry(5_000);
    expect(pace.restMs).toBe(2);
    await clock.advance(2);
    expect(await gaps(clock, pace, 9)).toEqual([4, 8, 16, 32, 64, 128, 250, 250, 250]);
  });

  test('slows down to five seconds when nobody waits any more', async () => {
    const { clock, pace } = pacing();
    pace.hurry(100);
    await clock.advance(100);
    expect(await gaps(clock, pace, 5)).toEqual([1_000, 2_000, 4_000, 5_000, 5_000]);
  });

  test('is half a minute when all is well, and a second when it is no more', async () => {
    const { clock, pace } = pacing();
    pace.asked(true);
    expect(pace.restMs).toBe(30_000);
    await clock.advance(30_000);
    expect(await gaps(clock, pace, 2)).toEqual([1_000, 2_000]);
  });

  test('takes a second for a batch for which nobody waits', async () => {
    const { clock, pace } = pacing();
    pace.asked(true);
    await clock.advance(10_000);
    pace.stir();
    expect(pace.restMs).toBe(1_000);
    pace.stir();
    await clock.advance(400);
    pace.stir();
    expect(pace.restMs).toBe(600);
  });

  test('is not put off by one batch after the other', async () => {
    const { clock, pace } = pacing();
    pace.asked(true);
    pace.hurry(5_000);
    await clock.advance(1);
    pace.hurry(5_000);
    expect(pace.restMs).toBe(1);
  });

  test('is over at once when the answer is to be expected', () => {
    const { pace } = pacing();
    pace.asked(true);
    pace.atOnce(1_000);
    expect([pace.restMs, pace.isQuick]).toEqual([0, true]);
  });
});
