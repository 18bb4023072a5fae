import fc from 'fast-check';
import { expect, test } from 'vitest';
import { roundAbove, spread } from '../../../../../gateway-server/console/page/scale.ts';

test('an axis ends at a round number that no value exceeds', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.001, max: 1e9, noNaN: true }), (value) => {
      const top = roundAbove(value);
      expect(top).toBeGreaterThanOrEqual(value * 0.999999);
      expect(top).toBeLessThanOrEqual(value * 10);
    }),
  );
  expect([0, 60, 2_100].map(roundAbove)).toEqual([2, 100, 4_000]);
});

test('labels keep their order and their distance, and stay inside', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 160 }), { maxLength: 6 }), (wanted) => {
      const places = spread(wanted, 18, 160);
      const sorted = places.toSorted((a, b) => a - b);
      for (const [index, y] of sorted.entries()) {
        if (index > 0) expect(y - (sorted[index - 1] ?? 0)).toBeGreaterThanOrEqual(18);
        expect(y).toBeGreaterThanOrEqual(9);
        expect(y).toBeLessThanOrEqual(151);
      }
    }),
  );
});
