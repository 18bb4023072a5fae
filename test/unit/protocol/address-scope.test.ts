import { assert, ipV4, ipV6, oneof, property } from 'fast-check';
import { expect, test } from 'vitest';
import { type Address, parseAddress } from '../../../protocol/address.ts';
import { scopeOf } from '../../../protocol/address-scope.ts';

test.each([
  ['unspecified', ['0.0.0.0', '::']],
  ['loopback', ['127.0.0.1', '127.255.255.255', '::1']],
  ['private', ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1']],
  ['cgnat', ['100.64.0.1', '100.127.255.255']],
  ['link-local', ['169.254.1.1', 'fe80::1', 'febf::1']],
  ['multicast', ['224.0.0.1', '239.255.255.255', 'ff02::1']],
  ['documentation', ['192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff::1']],
  ['ula', ['fc00::1', 'fd12:3456::1']],
  ['v4-mapped', ['::ffff:8.8.8.8', '::ffff:192.168.0.1']],
  [
    'reserved',
    ['0.0.0.1', '192.0.0.1', '192.88.99.1', '198.18.0.1', '198.19.255.255', '240.0.0.1', '255.255.255.255'],
  ],
  ['reserved', ['2001::1', '2002::1', '64:ff9b::1', '::2', '4000::1', 'fec0::1', '100::1']],
  [
    'public',
    [
      '8.8.8.8',
      '1.1.1.1',
      '100.63.255.255',
      '100.128.0.0',
      '172.15.0.1',
      '172.32.0.1',
      '192.0.1.1',
      '198.20.0.1',
    ],
  ],
  ['public', ['2606:4700::1111', '2a00::1', '2001:200::1', '2003::1', '3ffe::1']],
] as const)('knows %s addresses', (scope, texts) => {
  expect(texts.map((text) => scopeOf(parseAddress(text) as Address))).toEqual(texts.map(() => scope));
});

test('knows a scope for every address', async () => {
  const anyCase = property(oneof(ipV4(), ipV6()), (text) => {
    expect(scopeOf(parseAddress(text) as Address)).toMatch(/^[a-z4-]+$/);
  });
  await assert(anyCase);
});
