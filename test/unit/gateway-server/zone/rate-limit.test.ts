import { expect, test } from 'vitest';
import { RateLimit } from '../../../../gateway-server/zone/rate-limit.ts';
import { type Prefix, parsePrefix } from '../../../../protocol/prefix.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

function limiting(perSecond: number, ...exempt: readonly string[]) {
  const clock = new ManualClock();
  const limit = new RateLimit({ perSecond, exempt: prefixes(exempt) }, clock);
  const allowances = (address: string, count: number) =>
    Array.from({ length: count }, () => limit.allowanceFor(address));
  const answersTo = (address: string, count: number) =>
    allowances(address, count).filter((allowance) => allowance === 'answer').length;
  return { clock, limit, allowances, answersTo };
}

const prefixes = (texts: readonly string[]): Prefix[] =>
  texts.map((text) => parsePrefix(text)).filter((prefix) => prefix !== undefined);

test('answers so many a second, then drops and truncates in turn', () => {
  const { allowances } = limiting(2);
  expect(allowances('192.0.2.1', 6)).toEqual(['answer', 'answer', 'drop', 'truncate', 'drop', 'truncate']);
});

test('refills with time up to one second of answers', async () => {
  const { clock, answersTo } = limiting(10);
  expect(answersTo('192.0.2.1', 20)).toBe(10);
  await clock.advance(300);
  expect(answersTo('192.0.2.1', 20)).toBe(3);
  await clock.advance(60_000);
  expect(answersTo('192.0.2.1', 20)).toBe(10);
});

test('does not notice a jump of the wall clock', () => {
  const { clock, answersTo } = limiting(5);
  answersTo('192.0.2.1', 5);
  clock.jumpWall(3_600_000);
  expect(answersTo('192.0.2.1', 5)).toBe(0);
});

test.each([
  ['192.0.2.1', '192.0.2.254', true],
  ['192.0.2.1', '192.0.3.1', false],
  ['2001:db8:0:100::1', '2001:db8:0:1ff:ffff::9', true],
  ['2001:db8:0:100::1', '2001:db8:0:200::1', false],
  ['fe80::1%eth0', 'fe80::2%eth1', true],
])('counts %s and %s together: %s', (a, b, areTogether) => {
  const { answersTo } = limiting(4);
  expect([answersTo(a, 9), answersTo(b, 9)]).toEqual([4, areTogether ? 0 : 4]);
});

test.each([
  ['127.0.0.0/8', '127.9.9.9', '128.0.0.1'],
  ['192.0.2.7', '192.0.2.7', '192.0.2.6'],
  ['0.0.0.0/0', '203.0.113.1', '2001:db8::1'],
  ['203.0.113.128/25', '203.0.113.200', '203.0.113.127'],
  ['2001:db8::/33', '2001:db8:7fff::1', '2001:db8:8000::1'],
])('with %s exempt, answers %s without end and limits %s', (prefix, exempt, limited) => {
  const { answersTo } = limiting(3, prefix);
  expect([answersTo(exempt, 50), answersTo(limited, 50)]).toEqual([50, 3]);
});

test('takes over new limits at once; 0 means none', () => {
  const { limit, answersTo } = limiting(3);
  answersTo('192.0.2.1', 9);
  limit.setLimits({ perSecond: 0, exempt: [] });
  expect(answersTo('192.0.2.1', 9)).toBe(9);
  limit.setLimits({ perSecond: 3, exempt: prefixes(['192.0.2.0/24']) });
  expect(answersTo('192.0.2.1', 9)).toBe(9);
});

test('remembers a bounded number of networks, and among them the busy ones', () => {
  const { limit, answersTo } = limiting(2);
  for (let i = 0; i < 100_000; i++) {
    limit.allowanceFor(`${(i >> 16) + 1}.${(i >> 8) & 255}.${i & 255}.1`);
    if (i % 5000 === 0) answersTo('203.0.113.1', 1);
  }
  expect(limit.size).toBeLessThanOrEqual(65_536);
  expect(answersTo('203.0.113.1', 9)).toBe(0);
});
