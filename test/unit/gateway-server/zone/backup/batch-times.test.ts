import { describe, expect, test } from 'vitest';
import { BatchTimes } from '../../../../../gateway-server/zone/backup/batch-times.ts';

function timesOf(...serials: readonly number[]): BatchTimes {
  const times = new BatchTimes();
  serials.forEach((serial, index) => {
    times.note(serial, (index + 1) * 100);
  });
  return times;
}

describe('the times of batches', () => {
  test('tell when the first batch came that a server lacks', () => {
    const times = timesOf(5, 6, 7);
    expect([4, 5, 6, 7, 8].map((serial) => times.firstAfter(serial))).toEqual([
      100,
      200,
      300,
      undefined,
      undefined,
    ]);
  });

  test('go on when serials begin anew (RFC 1982)', () => {
    const times = timesOf(0xffffffff, 0, 1);
    expect([times.newest, times.firstAfter(0xffffffff), times.of(0)]).toEqual([1, 200, 200]);
  });

  test('count a serial from the first time that it is noted', () => {
    const times = timesOf(5, 6, 6, 5);
    expect([times.newest, times.of(6), times.of(5)]).toEqual([6, 200, 100]);
  });

  test('are forgotten at some time', () => {
    const times = timesOf(...Array.from({ length: 2_000 }, (_, n) => n + 1));
    expect(times.of(100)).toBeUndefined();
    expect(times.firstAfter(100)).toBe((2_000 - 1_024 + 1) * 100);
  });
});
