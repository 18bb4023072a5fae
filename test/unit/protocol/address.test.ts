import {
  array,
  assert,
  constantFrom,
  integer,
  ipV4,
  ipV6,
  oneof,
  property,
  string,
  uint8Array,
} from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Address,
  addressesIn,
  addressOfBytes,
  bytesOf,
  type Ipv4,
  type Ipv6,
  isIpv4,
  NO_ADDRESSES,
  parseAddress,
  parseIpv4,
  parseIpv6,
  sameAddresses,
  unmapped,
} from '../../../protocol/address.ts';

test.each([
  // RFC 5952 §1, §2.1 and §2.2: one address, many spellings
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:0db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:db8::1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:db8::0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:0db8::1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:db8:0:0:1::1', '2001:db8::1:0:0:1'],
  ['2001:DB8:0:0:1::1', '2001:db8::1:0:0:1'],
  ['2001:db8:aaaa:bbbb:cccc:dddd:eeee:0001', '2001:db8:aaaa:bbbb:cccc:dddd:eeee:1'],
  ['2001:db8:0:0:0::1', '2001:db8::1'],
  // §4.2.2: a single zero group is not shortened
  ['2001:db8::1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  // §4.2.3: the longest run, and the first of equals
  ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['0:0:0:0:0:0:0:0', '::'],
  ['0:0:0:0:0:0:0:1', '::1'],
  ['1:0:0:0:0:0:0:0', '1::'],
  ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
  // RFC 4291 §2.2, form 3
  ['::ffff:192.0.2.1', '::ffff:c000:201'],
  ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
])('writes %s as %s', (text, canonical) => {
  expect(parseIpv6(text)).toBe(canonical);
  expect(parseAddress(text)).toBe(canonical);
});

test.each([
  '',
  ':',
  ':::',
  '1',
  '1::2::3',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1:2:3:4:5:6:7:8::',
  '12345::',
  'g::',
  ':1',
  '1:',
  'fe80::1%eth0',
  '[::1]',
  '::1/128',
  ' ::1',
  '::1\n',
  '::1.2.3',
  '::1.2.3.4:5',
  '1.2.3.4::',
  '::01.2.3.4',
  '::256.1.1.1',
])('does not take %j for an IPv6 address', (text) => {
  expect(parseIpv6(text)).toBeUndefined();
});

test.each([
  '',
  '1.2.3',
  '1.2.3.4.5',
  '01.2.3.4',
  '256.1.1.1',
  '1.2.3.-4',
  '1.2.3.4 ',
  '0x1.2.3.4',
  '1e1.2.3.4',
  '1..3.4',
  '١.2.3.4',
])('does not take %j for an IPv4 address', (text) => expect(parseIpv4(text)).toBeUndefined());

test('reads back the bytes of every address', async () => {
  const length = constantFrom(4, 16).chain((size) => uint8Array({ minLength: size, maxLength: size }));
  const anyCase = property(length, (bytes) => {
    const address = addressOfBytes(bytes) ?? '';
    expect(parseAddress(address)).toBe(address);
    expect(bytesOf(address as Address)).toEqual(bytes);
  });
  await assert(anyCase);
});

test('gives every spelling of an address one canonical form', async () => {
  const anyCase = property(oneof(ipV4(), ipV6()), (text) => {
    const address = parseAddress(text);
    if (!address) throw new Error(`${text} is an address`);
    expect(isIpv4(address)).toBe(!text.includes(':'));
    expect(addressOfBytes(bytesOf(address))).toBe(address);
    expect(parseAddress(text.toUpperCase())).toBe(address);
  });
  await assert(anyCase);
});

test('never shortens less than it could, nor a single zero group', async () => {
  const groups = array(constantFrom(0, 0, 1, 0xabcd), { minLength: 8, maxLength: 8 });
  const anyCase = property(groups, (numbers) => {
    const text = parseIpv6(numbers.map((group) => group.toString(16)).join(':')) ?? '';
    const zeros = numbers.map((group) => (group === 0 ? '0' : 'x')).join('');
    const longest = Math.max(...(zeros.match(/0+/g) ?? ['']).map((run) => run.length));
    const left = text.split('::').flatMap((half) => (half ? half.split(':') : [])).length;
    expect(8 - left).toBe(longest >= 2 ? longest : 0);
  });
  await assert(anyCase);
});

test('takes any text without throwing', async () => {
  const alphabet = constantFrom(...'0123456789abcdefF:.%/ \0');
  const noise = oneof(string(), string({ unit: alphabet, maxLength: 50 }));
  await assert(
    property(noise, (text) => void parseAddress(text)),
    { numRuns: 1_000 },
  );
});

test('gives no address of any other number of bytes', async () => {
  const sizes = integer({ min: 0, max: 40 }).filter((size) => size !== 4 && size !== 16);
  await assert(property(sizes, (size) => addressOfBytes(new Uint8Array(size)) === undefined));
});

test('unwraps v4-mapped addresses and leaves every other one as it is', () => {
  const unwrapped = (text: string) => unmapped(parseAddress(text) as Address);
  expect(unwrapped('::ffff:192.0.2.1')).toBe('192.0.2.1');
  expect(unwrapped('::ffff:0:0')).toBe('0.0.0.0');
  expect(unwrapped('192.0.2.1')).toBe('192.0.2.1');
  expect(unwrapped('::1')).toBe('::1');
  expect(unwrapped('::fffe:c000:201')).toBe('::fffe:c000:201');
  expect(unwrapped('2001:db8::ffff:c000:201')).toBe('2001:db8::ffff:c000:201');
});

test('compares and lists what a line holds', () => {
  const ipv4 = '192.0.2.1' as Ipv4;
  const ipv6 = '2001:db8::1' as Ipv6;
  expect(addressesIn({ ipv4, ipv6 })).toEqual([ipv4, ipv6]);
  expect(addressesIn(NO_ADDRESSES)).toEqual([]);
  expect(sameAddresses({ ipv4, ipv6 }, { ipv4, ipv6 })).toBe(true);
  expect(sameAddresses({ ipv4, ipv6 }, { ipv4, ipv6: null })).toBe(false);
  expect(sameAddresses({ ipv4, ipv6 }, { ipv4: null, ipv6 })).toBe(false);
});
