import { expect, test } from 'vitest';
import { LagRecord } from '../../../../gateway-server/console/lag-record.ts';
import { Sampler } from '../../../../gateway-server/console/sampler.ts';
import { SAMPLES_KEPT_MS, type Sample } from '../../../../gateway-server/console/samples.ts';
import type { LineId } from '../../../../protocol/line-id.ts';
import { GatewayLab } from '../../../support/gateway-lab.ts';

test('a sample tells of the states, of batches and lag in its minute and how long silence took to be published', async () => {
  const lab = await GatewayLab.start({ lines: ['alice', 'bob'] });
  const { registry, clock, log } = lab;
  const written: [Sample, number][] = [];
  const store = { put: async (sample: Sample, before: number) => void written.push([sample, before]) };
  const lags = new LagRecord();
  let lagMs = 1_200;
  const secondaries = () => [{ address: '192.0.2.53:53', serial: 7, lagMs, proof: true, problem: null }];
  const sampler = new Sampler({
    ...{ registry, store, secondaries, lags, clock, log },
    othersTurn: async () => undefined,
  });
  await lab.live('alice', { ipv4: '198.51.100.7' });
  await clock.advance(4_000);
  const at = clock.now();
  const line = 'alice' as LineId;
  const silentMs = Math.round(clock.elapsed() - (registry.presence.heardAt(line) ?? 0));
  sampler.sees({ kind: 'off-line', line, at, reason: 'silent' });
  sampler.sees({ kind: 'off-line', line, at, reason: 'farewell' });
  await sampler.sample();
  lagMs = 0;
  await sampler.sample();
  const [[first, before], [second]] = written as [[Sample, number], [Sample, number]];
  expect(first).toMatchObject({
    at,
    live: 1,
    unknown: 1,
    batches: 1,
    largestBatch: 1,
    detectionMs: silentMs,
  });
  expect(before).toBe(at - SAMPLES_KEPT_MS);
  expect(second).toMatchObject({ batches: 0, largestBatch: 0, detectionMs: null });
  expect(lags.of('192.0.2.53:53').worstMs).toEqual([1_200, 0]);
});
