import { expect, test } from 'vitest';
import { Presence } from '../../../../gateway-server/line/presence.ts';
import type { LineId } from '../../../../protocol/line-id.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const [ALICE, BOB, CAROL] = ['alice', 'bob', 'carol'] as [LineId, LineId, LineId];

function watching() {
  const clock = new ManualClock(1_000);
  return { clock, presence: new Presence(clock) };
}

test('a line is unknown, up when heard, suspect when doubted, and down when declared', () => {
  const { presence } = watching();
  const kinds = [presence.kindOf(ALICE)];
  presence.heard(ALICE);
  kinds.push(presence.kindOf(ALICE));
  presence.doubt(ALICE, 'will');
  kinds.push(presence.kindOf(ALICE));
  presence.down(ALICE);
  kinds.push(presence.kindOf(ALICE));
  presence.forget(ALICE);
  kinds.push(presence.kindOf(ALICE));
  expect(kinds).toEqual(['unknown', 'up', 'suspect', 'down', 'unknown']);
});

test('only a line that is up can be doubted', () => {
  const { presence } = watching();
  presence.heard(BOB);
  presence.doubt(BOB, 'will');
  presence.down(CAROL);
  expect([ALICE, BOB, CAROL].map((line) => presence.doubt(line, 'will'))).toEqual([false, false, false]);
});

test('when a line was heard last is known in every state', async () => {
  const { clock, presence } = watching();
  presence.heard(ALICE);
  await clock.advance(500);
  const times = [presence.heardAt(ALICE)];
  presence.doubt(ALICE, 'missed-signal');
  times.push(presence.heardAt(ALICE), presence.suspicionOf(ALICE)?.since ?? null);
  presence.down(ALICE);
  times.push(presence.heardAt(ALICE), presence.heardAt(BOB));
  expect(times).toEqual([1_000, 1_000, 1_500, 1_000, null]);
});

test('the lines that are silent for long enough are found, the longest silent first', async () => {
  const { clock, presence } = watching();
  for (const line of [ALICE, BOB, CAROL]) {
    presence.heard(line);
    await clock.advance(1_000);
  }
  presence.heard(ALICE);
  await clock.advance(9_000);
  expect(presence.upButSilentFor(10_000)).toEqual([BOB, CAROL]);
  expect(presence.upButSilentFor(10_001)).toEqual([BOB]);
  expect(presence.upButSilentFor(9_000)).toEqual([BOB, CAROL, ALICE]);
});

test('news of a line that was heard meanwhile is no news', () => {
  const { presence } = watching();
  presence.heard(ALICE);
  presence.doubt(ALICE, 'will');
  presence.heard(ALICE);
  presence.learn(ALICE, { isProvedSilent: true });
  expect([presence.kindOf(ALICE), presence.suspicionOf(ALICE)]).toEqual(['up', undefined]);
});

test('lines that are up or suspect count as live', () => {
  const { presence } = watching();
  for (const line of [ALICE, BOB, CAROL]) presence.heard(line);
  presence.doubt(ALICE, 'will');
  presence.down(BOB);
  expect(presence.liveCount).toBe(2);
});

test('by what a line was heard last is known in every state, until it is forgotten', () => {
  const { presence } = watching();
  expect(presence.heardBy(ALICE)).toBeNull();
  presence.heard(ALICE, 'register');
  presence.doubt(ALICE, 'will');
  presence.down(ALICE);
  expect(presence.heardBy(ALICE)).toBe('register');
  presence.heard(ALICE);
  expect(presence.heardBy(ALICE)).toBe('alive');
  presence.heard(ALICE, 'answer');
  presence.forget(ALICE);
  expect(presence.heardBy(ALICE)).toBeNull();
});
