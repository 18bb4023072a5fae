import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placeAt, readTarget, reloadsOf } from '../../../../gateway-server/answering/visit.ts';

const ORIGIN = 'http://alice.street.test:8080';

import { anyText } from './street.ts';

test.each([
  ['/', '/', ''],
  ['/a/b?c=d&e', '/a/b', 'c=d&e'],
  ['http://bob.street.test/a?b', '/a', 'b'],
  ['HTTPS://bob.street.test:1/a', '/a', ''],
  ['http://bob.street.test', '/', ''],
  ['http://bob.street.test?b', '/', 'b'],
  ['*', '*', ''],
  ['', '/', ''],
])('reads the target %j without any authority in it', (target, path, query) => {
  expect(readTarget(target)).toEqual({ path, query });
});

test('counts reloads by the marker alone, and knows a person by its absence', () => {
  expect(reloadsOf(readTarget('/?a=1'))).toBeNull();
  expect(reloadsOf(readTarget('/?a=1&porchlight=3'))).toBe(3);
  expect(reloadsOf(readTarget('/?porchlight=again'))).toBe(0);
  expect(reloadsOf(readTarget('/?porchlight=-1'))).toBe(0);
});

test('keeps path and query of the visitor and replaces only the marker', () => {
  const target = readTarget('/photos?id=3&porchlight=1&x=%20');
  expect(placeAt(ORIGIN, target, 2)).toBe(`${ORIGIN}/photos?id=3&x=%20&porchlight=2`);
  expect(placeAt(ORIGIN, target, null)).toBe(`${ORIGIN}/photos?id=3&x=%20`);
});

test('never leads to another origin and never breaks a header', () => {
  const nasty = fc.oneof(
    anyText,
    fc.constantFrom(
      '//evil.test/',
      '/\\evil.test',
      '@evil.test/',
      '.evil.test',
      ':9/',
      'javascript:alert(1)',
    ),
  );
  fc.assert(
    fc.property(nasty, (text) => {
      const place = placeAt(ORIGIN, readTarget(text), 1);
      expect(place.startsWith(`${ORIGIN}/`)).toBe(true);
      expect(new URL(place).origin).toBe(ORIGIN);
      expect(place).toMatch(/^[\x21-\x7e]+$/);
    }),
  );
});

test('leads to the front page instead of a place too long to repeat', () => {
  const target = readTarget(`/${'é'.repeat(1001)}?${'q=1&'.repeat(300)}`);
  expect(placeAt(ORIGIN, target, 1)).toBe(`${ORIGIN}/?porchlight=1`);
});
