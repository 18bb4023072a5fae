import { assert, double, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { BackOff } from '../../../agent/back-off.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const broken = (stoodMs = 0) => ({ kind: 'broken', why: 'gone', stoodMs }) as const;
const highest = () => 0.999_999_999;

test('tries first within a second, then in windows that double up to 15 s', () => {
  const backOff = new BackOff(new ManualClock(), highest);
  const windows = Array.from({ length: 7 }, () => Math.ceil(backOff.after(broken(), 0) / 1000));
  expect(windows).toEqual([1, 2, 4, 8, 15, 15, 15]);
});

test('lets the windows grow to a minute after ten minutes of failures', async () => {
  const clock = new ManualClock();
  const backOff = new BackOff(clock, highest);
  for (let i = 0; i < 9; i++) backOff.after(broken(), 0);
  await clock.advance(599_999);
  expect(Math.ceil(backOff.after(broken(), 0) / 1000)).toBe(15);
  await clock.advance(1);
  expect(Math.ceil(backOff.after(broken(), 0) / 1000)).toBe(60);
});

test('connects at once after events of its own, and starts counting anew', () => {
  const backOff = new BackOff(new ManualClock(), highest);
  for (let i = 0; i < 5; i++) backOff.after(broken(), 0);
  expect(backOff.after({ kind: 'own-event' }, 60_000)).toBe(0);
  expect(backOff.after(broken(), 0)).toBeLessThan(1_000);
});

test('starts counting anew only after a connection that has stood for 10 s', () => {
  const backOff = new BackOff(new ManualClock(), highest);
  for (let i = 0; i < 5; i++) backOff.after(broken(9_999), 0);
  expect(backOff.after(broken(9_999), 0)).toBeGreaterThan(14_000);
  expect(backOff.after(broken(10_000), 0)).toBeLessThan(1_000);
});

test('spreads only its first try, and over no more than ten minutes', () => {
  const backOff = new BackOff(new ManualClock(), highest);
  expect(Math.ceil(backOff.after(broken(), 1e9) / 1000)).toBe(600);
  expect(backOff.after(broken(), 1e9)).toBeLessThan(2_000);
});

test('waits no more than a minute for a broken connection, whatever chance and time say', async () => {
  await assert(
    property(integer({ min: 1, max: 200 }), double({ min: 0, max: 0.999, noNaN: true }), (times, chance) => {
      const backOff = new BackOff(new ManualClock(), () => chance);
      for (let i = 0; i < times; i++) {
        const waitMs = backOff.after(broken(), 0);
        expect(waitMs).toBeGreaterThanOrEqual(0);
        expect(waitMs).toBeLessThan(60_000);
      }
    }),
  );
});
