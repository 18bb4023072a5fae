import { expect, test } from 'vitest';
import { DEFAULT_LIMITS, type MqttLimits } from '../../../../../gateway-server/io/mqtt/mqtt-limits.ts';
import { SourceGate } from '../../../../../gateway-server/io/mqtt/source-gate.ts';
import type { Address } from '../../../../../protocol/address.ts';
import { ManualClock } from '../../../../support/manual-clock.ts';

const HERE = '192.0.2.1' as Address;

function gateWith(limits: Partial<MqttLimits> = {}) {
  const clock = new ManualClock();
  const gate = new SourceGate({ ...DEFAULT_LIMITS, ...limits }, clock);
  const admitted = (count: number, address = HERE) =>
    Array.from({ length: count }, () => gate.admits(address)).filter(Boolean).length;
  return { clock, gate, admitted };
}

test('admits as many connections of one source as the limit says, and one more when one has left', () => {
  const { gate, admitted } = gateWith({ connectionsPerSource: 3 });
  expect(admitted(5)).toBe(3);
  gate.leaves(HERE);
  expect(admitted(5)).toBe(1);
});

test('slows the attempts of one source down and leaves the others alone', async () => {
  const { clock, gate, admitted } = gateWith({ attemptsPerSource: { perSecond: 2, burst: 4 } });
  expect(admitted(10)).toBe(4);
  expect(gate.admits('192.0.2.2' as Address)).toBe(true);
  await clock.advance(1_000);
  expect(admitted(10)).toBe(2);
});

test('counts a whole IPv6 /64 as one source', () => {
  const { gate } = gateWith({ connectionsPerSource: 1 });
  expect(gate.admits('2001:db8::1' as Address)).toBe(true);
  expect(gate.admits('2001:db8::ffff:1' as Address)).toBe(false);
  expect(gate.admits('2001:db8:0:1::1' as Address)).toBe(true);
});

test('admits no more than the whole broker may hold', () => {
  const { gate } = gateWith({ connections: 2 });
  const answers = [1, 2, 3].map((host) => gate.admits(`192.0.2.${host}` as Address));
  expect(answers).toEqual([true, true, false]);
  expect(gate.open).toBe(2);
});

test('has room for 10,000 agents behind one address when the settings say so', () => {
  const { admitted } = gateWith({
    connectionsPerSource: 10_000,
    attemptsPerSource: { perSecond: 10_000, burst: 10_000 },
  });
  expect(admitted(10_001)).toBe(10_000);
});

test('forgets sources that have gone and keeps those that are there or that went too fast', async () => {
  const { clock, gate, admitted } = gateWith({ attemptsPerSource: { perSecond: 1, burst: 8 } });
  expect(admitted(8)).toBe(8);
  for (let turn = 0; turn < 50; turn++) {
    for (let host = 0; host < 200; host++) {
      const address = `10.0.${turn}.${host}` as Address;
      gate.admits(address);
      gate.leaves(address);
    }
    await clock.advance(1_000);
  }
  expect(gate.size).toBeLessThan(4_000);
  expect(gate.open).toBe(8);
});
