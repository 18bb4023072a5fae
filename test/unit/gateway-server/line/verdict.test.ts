import { assert, boolean, constantFrom, integer, option, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { type Evidence, judge } from '../../../../gateway-server/line/verdict.ts';

const PATIENCE = { timeoutMs: 10_000, patienceMs: 30_000 };
const SILENT: Evidence = {
  ping: 'silent',
  silentMs: 12_000,
  answeredForMs: null,
  graceMs: 0,
  isBrakeOn: false,
  isReferenceSilent: false,
};

test.each([
  ['agent and address silent', {}, { kind: 'off-line', reason: 'silent' }],
  ['the same at the very time-out', { silentMs: 10_000 }, { kind: 'off-line', reason: 'silent' }],
  ['the same before the time-out', { silentMs: 4_000 }, { kind: 'off-line-in', ms: 6_000 }],
  ['the address answering', { ping: 'answered', answeredForMs: 0 }, { kind: 'verify-again', ms: 30_000 }],
  [
    'it answering for long',
    { ping: 'answered', answeredForMs: 30_000 },
    { kind: 'off-line', reason: 'unproven' },
  ],
  ['no ping possible', { ping: 'not-possible' }, { kind: 'verify-again', ms: 18_000 }],
  [
    'no ping possible for long',
    { ping: 'not-possible', silentMs: 30_000 },
    { kind: 'off-line', reason: 'unproven' },
  ],
  ['agents need time to come back', { graceMs: 7_000 }, { kind: 'verify-again', ms: 7_000 }],
  ['the brake on', { isBrakeOn: true }, { kind: 'verify-again', ms: 2_000 }],
  ['the reference silent', { isReferenceSilent: true }, { kind: 'verify-again', ms: 2_000 }],
] as const)('%s', (_what, evidence, verdict) => {
  expect(judge({ ...SILENT, ...evidence }, PATIENCE)).toMatchObject(verdict);
});

test('nobody is off-line before the time-out, in the grace, under the brake or with a silent reference', async () => {
  const ms = integer({ min: 0, max: 60_000 });
  const evidence = record({
    ping: constantFrom('answered' as const, 'silent' as const, 'not-possible' as const),
    silentMs: ms,
    answeredForMs: option(ms),
    graceMs: integer({ min: -10, max: 10 }),
    isBrakeOn: boolean(),
    isReferenceSilent: boolean(),
  });
  await assert(
    property(evidence, ms, ms, (seen, timeoutMs, patienceMs) => {
      const verdict = judge(seen, { timeoutMs, patienceMs });
      if (verdict.kind !== 'off-line') {
        expect(verdict.ms).toBeGreaterThan(0);
        return;
      }
      expect(seen.silentMs).toBeGreaterThanOrEqual(timeoutMs);
      expect([seen.graceMs > 0, seen.isBrakeOn, seen.isReferenceSilent]).toEqual([false, false, false]);
    }),
  );
});
