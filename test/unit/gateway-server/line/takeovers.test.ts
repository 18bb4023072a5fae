import { expect, test } from 'vitest';
import { Takeovers } from '../../../../gateway-server/line/takeovers.ts';
import type { Address } from '../../../../protocol/address.ts';
import type { LineId } from '../../../../protocol/line-id.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const HERE = '192.0.2.1' as Address;
const THERE = '192.0.2.2' as Address;

function watched() {
  const clock = new ManualClock();
  const takeovers = new Takeovers(clock);
  const grants = (holder: Address, newcomer: Address, line = 'alice') =>
    takeovers.grants({ line: line as LineId, holder, newcomer });
  return { clock, takeovers, grants };
}

test('grants three takeovers between two sources in a minute and no fourth', () => {
  const { grants } = watched();
  const answers = [grants(HERE, THERE), grants(THERE, HERE), grants(HERE, THERE), grants(THERE, HERE)];
  expect(answers).toEqual([true, true, true, false]);
});

test('grants a takeover again when the first of the three is a minute old', async () => {
  const { clock, grants } = watched();
  grants(HERE, THERE);
  await clock.advance(20_000);
  grants(THERE, HERE);
  grants(HERE, THERE);
  await clock.advance(39_999);
  expect(grants(THERE, HERE)).toBe(false);
  await clock.advance(1);
  expect(grants(THERE, HERE)).toBe(true);
  expect(grants(HERE, THERE)).toBe(false);
});

test('never stops a router that reconnects from its own source', () => {
  const { grants, takeovers } = watched();
  expect(Array.from({ length: 10 }, () => grants(HERE, HERE))).not.toContain(false);
  expect(takeovers.size).toBe(0);
});

test('counts each line by itself', () => {
  const { grants } = watched();
  for (let turn = 0; turn < 3; turn++) grants(HERE, THERE);
  expect(grants(HERE, THERE, 'bob')).toBe(true);
  expect(grants(HERE, THERE)).toBe(false);
});

test('forgets lines without a takeover in the last minute', async () => {
  const { clock, grants, takeovers } = watched();
  for (let line = 0; line < 100; line++) grants(HERE, THERE, `line-${line}`);
  await clock.advance(30_000);
  grants(HERE, THERE, 'line-0');
  expect(takeovers.size).toBe(100);
  await clock.advance(30_000);
  grants(HERE, THERE, 'bob');
  expect(takeovers.size).toBe(2);
});

test('does not care how the wall clock jumps', () => {
  const { clock, grants } = watched();
  for (let turn = 0; turn < 3; turn++) grants(HERE, THERE);
  clock.jumpWall(3_600_000);
  expect(grants(HERE, THERE)).toBe(false);
});
