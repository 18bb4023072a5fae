import { expect, test } from 'vitest';
import { reachWithin } from '../../../../gateway-server/outbound/reach.ts';
import { type Address, parseAddress } from '../../../../protocol/address.ts';
import { type Prefix, parsePrefix } from '../../../../protocol/prefix.ts';

function reach(...listed: readonly string[]) {
  const allow = listed
    .map((text) => parsePrefix(text))
    .filter((prefix): prefix is Prefix => prefix !== undefined);
  const own = new Set(['8.8.4.4', '127.0.0.1'] as Address[]);
  const { mayCall } = reachWithin({ allow, own });
  return (text: string) => mayCall(parseAddress(text) ?? ('' as Address));
}

test.each([
  '8.8.4.4',
  '::ffff:8.8.4.4',
  '127.0.0.1',
  '127.0.0.2',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '224.0.0.1',
  '255.255.255.255',
  '192.0.2.1',
  '198.18.0.1',
  '::',
  '::1',
  'fe80::1',
  'fd00::1',
  'ff02::1',
  '::ffff:10.0.0.1',
  '64:ff9b::a00:1',
  '2002:a00:1::',
  '2001:0:a00:1::',
  '2001:db8::1',
])('%s is not called', (address) => {
  expect(reach()(address)).toBe(false);
});

test('public addresses are called, and private ones only where they are listed', () => {
  expect(['8.8.8.8', '2606:4700::1'].map(reach())).toEqual([true, true]);
  expect(['10.1.0.1', '10.2.0.1'].map(reach('10.1.0.0/16'))).toEqual([true, false]);
});

test('the gateway itself is not called, though its network is listed', () => {
  expect(['127.0.0.1', '127.0.0.2', '8.8.4.4'].map(reach('127.0.0.0/8', '8.8.4.4'))).toEqual([
    false,
    true,
    false,
  ]);
});
