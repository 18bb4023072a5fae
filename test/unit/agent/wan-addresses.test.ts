import { expect, test } from 'vitest';
import { chooseAddresses, type WanAddress } from '../../../agent/wan-addresses.ts';
import { NO_ADDRESSES, parseAddress } from '../../../protocol/address.ts';

function held(text: string, facts: Partial<WanAddress> = {}): WanAddress {
  const address = parseAddress(text);
  if (!address) throw new Error(text);
  return { address, isGlobal: true, isSecondary: false, isUnfit: false, preferredSeconds: 100, ...facts };
}

const chosen = (...found: WanAddress[]) => chooseAddresses(found, [], NO_ADDRESSES);

test.each([
  ['link-local', held('fe80::1')],
  ['unique local', held('fd00::1')],
  ['temporary, deprecated or tentative', held('2001:db8::1', { isUnfit: true })],
  ['of the link only', held('2001:db8::1', { isGlobal: false })],
  ['IPv4 link-local', held('169.254.1.1')],
  ['a secondary IPv4', held('198.51.100.7', { isSecondary: true })],
])('never chooses an address that is %s', (_, address) => {
  expect(chosen(address)).toEqual(NO_ADDRESSES);
});

test('chooses a private IPv4: to say that it is behind NAT is the business of the gateway', () => {
  expect(chosen(held('10.0.0.2'))).toEqual({ ipv4: '10.0.0.2', ipv6: null });
});

test('chooses the IPv6 address that is preferred longest', () => {
  const found = [held('2001:db8::1', { preferredSeconds: 5 }), held('2001:db8::2', { preferredSeconds: 50 })];
  expect(chosen(...found).ipv6).toBe('2001:db8::2');
});

test('stays with the address it has while that is there', () => {
  const found = [held('198.51.100.7'), held('192.0.2.1')];
  const current = { ipv4: held('192.0.2.1').address as never, ipv6: null };
  expect(chooseAddresses(found, [], current).ipv4).toBe('192.0.2.1');
  expect(chooseAddresses(found.slice(0, 1), [], current).ipv4).toBe('198.51.100.7');
});
