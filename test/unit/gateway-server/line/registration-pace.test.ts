import { expect, test } from 'vitest';
import { RegistrationPace } from '../../../../gateway-server/line/registration-pace.ts';
import type { LineId } from '../../../../protocol/line-id.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const [ALICE, BOB] = ['alice', 'bob'] as [LineId, LineId];

test('a line has five registrations at once and then one a second', async () => {
  const clock = new ManualClock();
  const pace = new RegistrationPace(clock);
  const taken: number[] = [];
  for (let at = 0; at < 10_000; at += 250) {
    for (let turn = 0; turn < 8; turn++) if (pace.waitMs(ALICE) === 0) taken.push(at);
    await clock.advance(250);
  }
  expect(taken).toEqual([0, 0, 0, 0, 0, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000, 8_000, 9_000]);
});

test('whoever waits as long as told gets a place, and a quiet line has its five again', async () => {
  const clock = new ManualClock(0.25);
  const pace = new RegistrationPace(clock);
  for (let turn = 0; turn < 5; turn++) pace.waitMs(ALICE);
  await clock.advance(300);
  const waitMs = pace.waitMs(ALICE);
  await clock.advance(waitMs);
  expect([waitMs, pace.waitMs(ALICE)]).toEqual([700, 0]);
  await clock.advance(60_000);
  const waits = Array.from({ length: 6 }, () => pace.waitMs(ALICE));
  expect(waits).toEqual([0, 0, 0, 0, 0, 1_000]);
});

test('one line’s storm takes nothing from another’s', () => {
  const pace = new RegistrationPace(new ManualClock());
  for (let turn = 0; turn < 9; turn++) pace.waitMs(ALICE);
  expect(pace.waitMs(BOB)).toBe(0);
});
