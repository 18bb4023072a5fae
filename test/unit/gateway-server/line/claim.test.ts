import { describe, expect, test } from 'vitest';
import { judgeClaim } from '../../../../gateway-server/line/claim.ts';
import { type Address, type AddressSet, parseIpv4, parseIpv6 } from '../../../../protocol/address.ts';
import { parsePrefix } from '../../../../protocol/prefix.ts';

const GATEWAY = '9.9.9.9' as Address;

/** What is said of a claim over a connection from `source`: nothing (null), or why it is refused. */
function judged(claim: readonly string[], source: string, allow: readonly string[] = ['public']) {
  const networks = allow.flatMap((text) => parsePrefix(text) ?? []);
  const addresses: AddressSet = {
    ipv4: claim.map(parseIpv4).find((address) => address !== undefined) ?? null,
    ipv6: claim.map(parseIpv6).find((address) => address !== undefined) ?? null,
  };
  const rules = { allowPublic: allow.includes('public'), allow: networks, own: new Set([GATEWAY]) };
  const verdict = judgeClaim(addresses, source as Address, rules);
  return verdict.kind === 'credible' ? null : verdict.reason;
}

describe('a claim is credible', () => {
  test.each([
    ['a public address that the connection comes from', ['8.8.4.4'], '8.8.4.4'],
    ['both families, one of them proved', ['8.8.4.4', '2a00:1450::7'], '8.8.4.4'],
    ['both families, the other one proved', ['8.8.4.4', '2a00:1450::7'], '2a00:1450::7'],
    ['IPv6 alone over IPv6', ['2a00:1450::7'], '2a00:1450::7'],
  ])('for %s', (_what, claim, source) => {
    expect(judged(claim, source)).toBeNull();
  });

  test.each([
    ['a private network', '10.1.2.3', '10.0.0.0/8'],
    ['a CGNAT network', '100.64.1.2', '100.64.0.0/10'],
    ['a loopback network', '127.0.1.7', '127.0.1.0/24'],
    ['a documentation network', '198.51.100.7', '198.51.100.0/24'],
    ['unique local addresses', 'fd00::7', 'fd00::/8'],
  ])('for %s that is allowed explicitly', (_what, address, network) => {
    expect(judged([address], address, [network])).toBeNull();
    expect(judged([address], address)).not.toBeNull();
  });
});

describe('a claim is refused', () => {
  test.each([
    ['behind-nat', '192.168.1.7'],
    ['behind-nat', '10.0.0.1'],
    ['behind-nat', '172.31.255.255'],
    ['behind-nat', '100.64.0.1'],
    ['behind-nat', 'fd12::1'],
    ['address-not-allowed', '127.0.0.1'],
    ['address-not-allowed', '::1'],
    ['address-not-allowed', '0.0.0.0'],
    ['address-not-allowed', '::'],
    ['address-not-allowed', '169.254.1.1'],
    ['address-not-allowed', 'fe80::1'],
    ['address-not-allowed', '224.0.0.5'],
    ['address-not-allowed', 'ff02::1'],
    ['address-not-allowed', '::ffff:8.8.4.4'],
    ['address-not-allowed', '203.0.113.7'],
    ['address-not-allowed', '2001:db8::7'],
    ['address-not-allowed', '240.0.0.1'],
    ['address-not-allowed', GATEWAY],
  ])('as %s for %s, even when the connection comes from there', (reason, address) => {
    expect(judged([address], address)).toBe(reason);
  });

  test('as behind-nat when the router claims its private address over a translated connection', () => {
    expect(judged(['192.168.1.7'], '8.8.4.4')).toBe('behind-nat');
  });

  test.each([
    ['another address of the same family', ['8.8.4.4'], '8.8.8.8'],
    ['a family that nothing proves', ['8.8.4.4'], '2a00:1450::7'],
    ['one proved family beside a wrong one of the other', ['8.8.4.4', '2a00:1450::8'], '2a00:1450::7'],
  ])('as not-your-address for %s', (_what, claim, source) => {
    expect(judged(claim, source)).toBe('not-your-address');
  });

  test('for each address of it alone', () => {
    expect(judged(['8.8.4.4', 'fe80::1'], '8.8.4.4')).toBe('address-not-allowed');
    expect(judged(['8.8.4.4', 'fd00::1'], '8.8.4.4')).toBe('behind-nat');
  });

  test('without any address', () => {
    expect(judged([], '8.8.4.4')).toBe('address-not-allowed');
  });

  test.each(['0.0.0.0', '224.0.0.5', '169.254.1.1'])('for %s although its network is allowed', (address) => {
    expect(judged([address], address, ['0.0.0.0/0'])).toBe('address-not-allowed');
  });

  test('for the gateway’s own address although its network is allowed', () => {
    expect(judged([GATEWAY], GATEWAY, ['9.9.9.0/24'])).toBe('address-not-allowed');
  });

  test('for a public address when only certain networks are allowed', () => {
    expect(judged(['8.8.4.4'], '8.8.4.4', ['198.51.100.0/24'])).toBe('address-not-allowed');
  });
});
