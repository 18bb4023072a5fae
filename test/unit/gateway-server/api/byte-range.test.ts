import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rangeOf } from '../../../../gateway-server/api/byte-range.ts';

test.each([
  ['bytes=0-4', { first: 0, last: 4 }],
  ['bytes=5-', { first: 5, last: 9 }],
  ['bytes=5-500', { first: 5, last: 9 }],
  ['bytes=-3', { first: 7, last: 9 }],
  ['bytes=-30', { first: 0, last: 9 }],
  ['bytes=10-', 'not-satisfiable'],
  ['bytes=-0', 'not-satisfiable'],
  ['bytes=4-2', null],
  ['bytes=0-1,3-4', null],
  ['bytes=-', null],
  ['items=0-1', null],
  [null, null],
])('of ten bytes "%s" asks for %j', (header, range) => {
  expect(rangeOf(header, 10)).toEqual(range);
});

test('whatever is asked for, no byte outside the file is given', () => {
  const number = fc.oneof(fc.constant(''), fc.nat().map(String));
  const header = fc.oneof(
    fc.string(),
    fc.tuple(number, number).map(([from, to]) => `bytes=${from}-${to}`),
  );
  fc.assert(
    fc.property(header, fc.nat(1_000), (asked, size) => {
      const range = rangeOf(asked, size);
      if (range === null || range === 'not-satisfiable') return;
      expect(range.first).toBeGreaterThanOrEqual(0);
      expect(range.last).toBeLessThan(size);
      expect(range.last).toBeGreaterThanOrEqual(range.first);
    }),
  );
});
