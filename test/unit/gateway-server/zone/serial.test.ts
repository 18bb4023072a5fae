import { assert, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { isLater, nextSerial } from '../../../../gateway-server/zone/serial.ts';

test('the next serial is later, also over the wrap', async () => {
  const anySerial = integer({ min: 0, max: 0xffff_ffff });
  await assert(
    property(anySerial, (serial) => {
      expect([isLater(nextSerial(serial), serial), isLater(serial, nextSerial(serial))]).toEqual([
        true,
        false,
      ]);
    }),
  );
  expect(nextSerial(0xffff_ffff)).toBe(0);
});

test('no serial is later than itself, nor than one at half the circle', () => {
  expect([isLater(5, 5), isLater(0x8000_0000, 0), isLater(0, 0x8000_0000)]).toEqual([false, false, false]);
});
