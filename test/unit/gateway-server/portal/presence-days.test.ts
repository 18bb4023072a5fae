import { expect, test } from 'vitest';
import {
  firstHeard,
  lookBackTo,
  offThisMonthMs,
  presenceDays,
} from '../../../../gateway-server/portal/presence-days.ts';
import type { OffLineSpan } from '../../../../gateway-server/subscriber/diary.ts';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 10, 23, 12);

function span(since: number, until: number | null, reason: OffLineSpan['reason'] = 'silent'): OffLineSpan {
  return { since, until, reason, hits: 0 };
}

function daysWith(...spans: OffLineSpan[]) {
  return presenceDays({ spans, knownFrom: 0, now: NOW });
}

test('the strip has thirty days and ends with today', () => {
  const days = daysWith();
  expect(days).toHaveLength(30);
  expect(days.at(-1)).toEqual({ start: Date.UTC(2026, 10, 23), knownMs: 12 * HOUR, offMs: 0, spans: 0 });
});

test('a span over midnight counts in both days, each with its own part', () => {
  const days = daysWith(span(Date.UTC(2026, 10, 21, 22), Date.UTC(2026, 10, 22, 3)));
  expect(days.slice(-3).map(({ offMs }) => offMs / HOUR)).toEqual([2, 3, 0]);
});

test('a span that lasts counts up to now', () => {
  expect(daysWith(span(NOW - HOUR, null)).at(-1)).toMatchObject({ offMs: HOUR, spans: 1 });
});

test('a rehearsal is no time off-line', () => {
  const rehearsal = span(NOW - HOUR, null, 'rehearsal');
  expect(daysWith(rehearsal).at(-1)).toMatchObject({ offMs: 0, spans: 0 });
  expect(offThisMonthMs([rehearsal], NOW)).toBe(0);
});

test('of days before the line was heard nothing is known, and of one that never was not even today', () => {
  const days = presenceDays({ spans: [], knownFrom: NOW - 24 * HOUR, now: NOW });
  expect(days.map(({ knownMs }) => knownMs / HOUR).slice(-3)).toEqual([0, 12, 12]);
  const never = presenceDays({ spans: [], knownFrom: null, now: NOW });
  expect(never.map(({ knownMs }) => knownMs)).toEqual(Array(30).fill(0));
});

test('a line is known from its first log-on, or from its set-up when that is forgotten', () => {
  expect(firstHeard(1, { logOn: null, previousLogOn: null })).toBeNull();
  expect(firstHeard(1, { logOn: 5, previousLogOn: null })).toBe(5);
  expect(firstHeard(1, { logOn: 9, previousLogOn: 5 })).toBe(1);
});

test('only what lies within the month counts as off-line this month', () => {
  const first = Date.UTC(2026, 10, 1);
  expect(offThisMonthMs([span(first - 5 * HOUR, first + HOUR)], NOW)).toBe(HOUR);
});

test('spans are asked for from the earlier of month and strip', () => {
  expect(lookBackTo(NOW)).toBe(Date.UTC(2026, 9, 25));
  const late = Date.UTC(2026, 9, 31, 12);
  expect(lookBackTo(late)).toBe(Date.UTC(2026, 9, 1));
});
