import { assert, integer, property, uint8Array } from 'fast-check';
import { expect, test } from 'vitest';
import { readWireName, wireName } from '../../../../../gateway-server/zone/tsig/wire-name.ts';
import { u16, wireName as wireNameOf } from '../../../../support/dns-message.ts';

test('reads a name through its pointers, in lower case, and tells where it ends', () => {
  const message = Buffer.concat([wireNameOf('Example.ORG'), Buffer.from('\x03xFr\xc0\x00', 'latin1')]);
  expect(readWireName(message, 13)).toEqual({ key: '\x03xfr\x07example\x03org', end: 19 });
});

test('leaves bytes that are no letters of ASCII as they are (RFC 4343 §3)', () => {
  const bytes = Buffer.from('\x03\xc0\xdd@\0', 'latin1');
  expect(wireName(readWireName(bytes, 0)?.key ?? '')).toEqual(bytes);
});

test.each([
  ['a name that is cut off', Buffer.from('\x05abc', 'latin1')],
  ['a pointer that is cut off', Buffer.from('\x01a\xc0', 'latin1')],
  ['a label of a form that nobody uses', Buffer.from('\x41a\0', 'latin1')],
  ['a pointer to itself', u16(0xc000)],
  ['a pointer forward', u16(0xc002, 0)],
  ['256 bytes', wireNameOf(`${Array(4).fill('a'.repeat(62)).join('.')}.bb`)],
])('%s is no name', (_case, message) => {
  expect(readWireName(message, 0)).toBeUndefined();
});

test('255 bytes with the root are a name', () => {
  const longest = wireNameOf(`${Array(4).fill('a'.repeat(62)).join('.')}.b`);
  expect([longest.length, readWireName(longest, 0)?.end]).toEqual([255, 255]);
});

test('labels and a pointer that make 256 bytes together are no name', () => {
  const start = wireNameOf(Array(3).fill('a'.repeat(63)).join('.'));
  const end = Buffer.concat([Buffer.from([61]), Buffer.alloc(61, 'b'), u16(0xc000)]);
  const longer = Buffer.concat([Buffer.from([62]), Buffer.alloc(62, 'b'), u16(0xc000)]);
  expect(readWireName(Buffer.concat([start, end]), start.length)?.end).toBe(start.length + end.length);
  expect(readWireName(Buffer.concat([start, longer]), start.length)).toBeUndefined();
});

test('follows no chain of pointers to its end', () => {
  const chain = u16(0, ...Array.from({ length: 9 }, (_, index) => 0xc000 | (2 * index)));
  expect([readWireName(chain, 16)?.end, readWireName(chain, 18)]).toEqual([18, undefined]);
});

test('ends on any bytes', async () => {
  await assert(
    property(uint8Array({ maxLength: 400 }), integer({ min: 0, max: 400 }), (bytes, start) => {
      const name = readWireName(Buffer.from(bytes), start);
      expect(wireName(name?.key ?? '').length).toBeLessThanOrEqual(255);
    }),
  );
});
