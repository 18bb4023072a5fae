import { expect, test } from 'vitest';
import { LAGS_KEPT_MS, LagRecord } from '../../../../gateway-server/console/lag-record.ts';

const MINUTE_MS = 60_000;

test('a minute tells the worst lag that was seen in it, and nothing of a secondary that was not heard', () => {
  const record = new LagRecord();
  record.see([
    { address: 'one', lagMs: 0 },
    { address: 'other', lagMs: null },
  ]);
  record.see([
    { address: 'one', lagMs: 2_500 },
    { address: 'other', lagMs: null },
  ]);
  record.see([{ address: 'one', lagMs: 0 }]);
  record.endMinute(MINUTE_MS);
  record.see([{ address: 'other', lagMs: 0 }]);
  record.endMinute(2 * MINUTE_MS);
  const times = [MINUTE_MS, 2 * MINUTE_MS];
  expect(record.of('one')).toEqual({ times, worstMs: [2_500, null] });
  expect(record.of('other')).toEqual({ times, worstMs: [null, 0] });
});

test('what is older than a day is forgotten', () => {
  const record = new LagRecord();
  record.endMinute(MINUTE_MS);
  record.endMinute(2 * MINUTE_MS);
  record.endMinute(2 * MINUTE_MS + LAGS_KEPT_MS);
  expect(record.of('one').times).toEqual([2 * MINUTE_MS, 2 * MINUTE_MS + LAGS_KEPT_MS]);
});
