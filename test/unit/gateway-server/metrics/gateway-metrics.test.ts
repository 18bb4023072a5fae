import { expect, test } from 'vitest';
import { Durations } from '../../../../gateway-server/metrics/durations.ts';
import { gatewayMetrics } from '../../../../gateway-server/metrics/gateway-metrics.ts';
import { figures } from '../../../support/figures.ts';

const SECONDARY = { address: '192.0.2.53:53', serial: 7, lagMs: 0, proof: true, problem: null };

test('names and units follow the conventions of Prometheus', () => {
  const families = gatewayMetrics(
    figures({ secondaries: [SECONDARY], batches: { ...figures().batches, lastSize: 1 } }),
  );
  for (const { name, type } of families) {
    expect(name).toMatch(/^porchlight_[a-z]+(_[a-z]+)*$/);
    expect(name.endsWith('_total'), name).toBe(type === 'counter');
    expect(name).not.toMatch(/_(ms|milliseconds|kb)(_|$)/);
  }
  expect(new Set(families.map(({ name }) => name)).size).toBe(families.length);
});

test('every reason, outcome and state is there from the start, so that a rate can be taken of the first', () => {
  const families = gatewayMetrics(figures());
  const words = (name: string) =>
    families.find((family) => family.name === name)?.samples.map(({ labels }) => Object.values(labels)[0]);
  expect(words('porchlight_dns_drops_total')).toEqual(
    expect.arrayContaining(['rate_limited', 'halted', 'bad_port', 'own_endpoint']),
  );
  expect(words('porchlight_dns_answers_total')).toEqual(
    expect.arrayContaining(['answered', 'transfer', 'failed', 'truncated_by_rate']),
  );
  expect(words('porchlight_transfers_total')).toEqual(['axfr', 'ixfr', 'up_to_date', 'refused']);
  expect(words('porchlight_lines')).toEqual(['live', 'queued', 'suspect', 'offline', 'unknown']);
  expect(words('porchlight_dns_replies_by_rcode_total')).toContain('NXDOMAIN');
});

test.each([
  ['in step', {}, { serial: [7], lag_seconds: [0], up: [1], in_step: [1] }],
  ['behind', { serial: 5, lagMs: 2_500 }, { serial: [5], lag_seconds: [2.5], up: [1], in_step: [0] }],
  ['never heard', { serial: null, lagMs: null }, { serial: [], lag_seconds: [], up: [0], in_step: [0] }],
  ['refusing', { problem: 'it refuses NOTIFY' }, { serial: [7], lag_seconds: [0], up: [0], in_step: [1] }],
])('a secondary that is %s', (_how, change, expected) => {
  const families = gatewayMetrics(figures({ secondaries: [{ ...SECONDARY, ...change }] }));
  for (const [part, values] of Object.entries(expected)) {
    const family = families.find(({ name }) => name === `porchlight_secondary_${part}`);
    expect(family?.samples.map(({ value }) => value) ?? [], part).toEqual(values);
  }
});

test('a duration counts in every bucket that is wide enough for it, and in the sum', () => {
  const durations = new Durations();
  for (const ms of [1, 1.1, 400, 90_000]) durations.add(ms);
  const { bounds, within, count, sumSeconds } = durations.reading();
  expect(Object.fromEntries(bounds.map((bound, at) => [bound, within[at]]))).toMatchObject({
    '0.001': 1,
    '0.002': 2,
    '0.2': 2,
    '0.5': 3,
    '1': 3,
  });
  expect([count, sumSeconds]).toEqual([4, 90.4021]);
});
