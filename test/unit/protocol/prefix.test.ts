import { assert, integer, ipV4, ipV6, oneof, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { type Address, addressOfBytes, bytesOf, parseAddress } from '../../../protocol/address.ts';
import { contains, parsePrefix } from '../../../protocol/prefix.ts';

const holds = (net: string, address: string) => {
  const prefix = parsePrefix(net);
  return prefix && contains(prefix, parseAddress(address) as Address);
};

test.each([
  ['10.0.0.0/8', '10.255.255.255', true],
  ['10.0.0.0/8', '11.0.0.0', false],
  ['192.0.2.128/25', '192.0.2.128', true],
  ['192.0.2.128/25', '192.0.2.127', false],
  ['192.0.2.1', '192.0.2.1', true],
  ['192.0.2.1', '192.0.2.0', false],
  ['0.0.0.0/0', '255.255.255.255', true],
  ['0.0.0.0/0', '::1', false],
  ['::/0', '192.0.2.1', false],
  ['2001:db8::/33', '2001:db8:7fff::1', true],
  ['2001:db8::/33', '2001:db8:8000::1', false],
  ['::1/128', '::1', true],
])('%s and %s: %s', (net, address, expected) => {
  expect(holds(net, address)).toBe(expected);
});

test.each([
  '',
  '/8',
  '10.0.0.0/',
  '10.0.0.0/33',
  '::/129',
  '10.0.0.1/8',
  '2001:db8::1/64',
  '10.0.0.0/8/8',
  '10.0.0.0/-1',
  '10.0.0.0/1e1',
  '10.0.0.0/ 8',
])('does not take %j for a network', (text) => expect(parsePrefix(text)).toBeUndefined());

test('holds exactly the addresses that share its bits', async () => {
  const anyCase = property(
    oneof(ipV4(), ipV6()),
    integer({ min: 0, max: 128 }),
    integer({ min: 0, max: 127 }),
    (text, bits, flip) => {
      const bytes = bytesOf(parseAddress(text) as Address);
      const length = Math.min(bits, bytes.length * 8);
      const at = flip % (bytes.length * 8);
      const masked = bytes.map(
        (byte, index) => byte & (0xff00 >> Math.max(0, Math.min(8, length - index * 8))),
      );
      const prefix = parsePrefix(`${addressOfBytes(masked)}/${length}`);
      if (!prefix) throw new Error('the masked address is a network');
      expect(contains(prefix, parseAddress(text) as Address)).toBe(true);
      const other = Uint8Array.from(bytes);
      other[at >> 3] = (other[at >> 3] ?? 0) ^ (0x80 >> (at & 7));
      expect(contains(prefix, addressOfBytes(other) as Address)).toBe(at >= length);
    },
  );
  await assert(anyCase);
});

test('takes any text without throwing', async () => {
  await assert(property(string(), string(), (a, b) => void parsePrefix(`${a}/${b}`)));
});
