import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cursorOf, numberAt, textAt } from '../../../../gateway-server/api/cursor.ts';

test('a cursor leads back to what it was made of', () => {
  fc.assert(fc.property(fc.nat(), (number) => numberAt(cursorOf(number)) === number));
  fc.assert(fc.property(fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,31}$/), (id) => textAt(cursorOf(id)) === id));
});

test('no cursor is the beginning, and a foreign one is none', () => {
  expect([numberAt(undefined), textAt(undefined)]).toEqual([null, null]);
  fc.assert(
    fc.property(fc.string(), (cursor) => {
      const number = numberAt(cursor);
      expect(number === undefined || Number.isSafeInteger(number)).toBe(true);
      expect(textAt(cursor) ?? 'a').toMatch(/^[a-z0-9-]+$/);
    }),
  );
  expect(numberAt('????')).toBeUndefined();
});
