import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FormSeal } from '../../../../gateway-server/answering/form-seal.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { anyText, name } from './street.ts';

const alice = name('alice.street.test');

function sealing() {
  const clock = new ManualClock();
  return { clock, seals: new FormSeal(randomBytes, clock) };
}

test('a seal is too fast for two seconds, good for a day, and expired then', async () => {
  const { clock, seals } = sealing();
  const seal = seals.fresh(alice);
  expect(seals.judge(seal, alice)).toBe('too-fast');
  await clock.advance(1_999);
  expect(seals.judge(seal, alice)).toBe('too-fast');
  await clock.advance(1);
  expect(seals.judge(seal, alice)).toBe('good');
  await clock.advance(24 * 3_600_000 - 2_000);
  expect(seals.judge(seal, alice)).toBe('good');
  await clock.advance(1);
  expect(seals.judge(seal, alice)).toBe('expired');
});

test('a seasoned seal is good at once, even in the first second of the gateway', () => {
  const { seals } = sealing();
  expect(seals.judge(seals.seasoned(alice), alice)).toBe('good');
});

test('a thousand seals of one moment all differ', () => {
  const { seals } = sealing();
  expect(new Set(Array.from({ length: 1_000 }, () => seals.fresh(alice))).size).toBe(1_000);
});

test('a seal of another line, of another gateway or with any changed character is forged', () => {
  const { seals } = sealing();
  const seal = seals.seasoned(alice);
  expect(seals.judge(seal, name('bob.street.test'))).toBe('forged');
  expect(sealing().seals.judge(seal, alice)).toBe('forged');
  for (let i = 0; i < seal.length; i++) {
    const changed = seal.slice(0, i) + (seal[i] === 'A' ? 'B' : 'A') + seal.slice(i + 1);
    expect(seals.judge(changed, alice)).toBe('forged');
  }
});

test('any text at all is judged without a throw', () => {
  const { seals } = sealing();
  fc.assert(
    fc.property(anyText, (text) => {
      expect(seals.judge(text, alice)).toBe('forged');
    }),
  );
});
