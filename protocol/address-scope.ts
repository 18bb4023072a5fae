import type { Address } from './address.ts';
import { contains, type Prefix, parsePrefix } from './prefix.ts';

/** How far an address reaches, after IANA's special-purpose registries (RFC 6890). Only `public` is reachable from anywhere. */
export type Scope =
  | 'public'
  | 'private'
  | 'cgnat'
  | 'ula'
  | 'loopback'
  | 'link-local'
  | 'multicast'
  | 'unspecified'
  | 'documentation'
  | 'v4-mapped'
  | 'reserved';

/** The first network that holds the address decides. */
const SPECIAL: readonly (readonly [Scope, readonly Prefix[]])[] = [
  ['unspecified', prefixes('0.0.0.0', '::')],
  ['loopback', prefixes('127.0.0.0/8', '::1')],
  ['private', prefixes('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16')],
  ['cgnat', prefixes('100.64.0.0/10')],
  ['link-local', prefixes('169.254.0.0/16', 'fe80::/10')],
  ['multicast', prefixes('224.0.0.0/4', 'ff00::/8')],
  [
    'documentation',
    prefixes('192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32', '3fff::/20'),
  ],
  ['ula', prefixes('fc00::/7')],
  ['v4-mapped', prefixes('::ffff:0:0/96')],
  // 6to4, Teredo, NAT64 and benchmarking addresses are no line's own; beyond 2000::/3 nothing is assigned
  ['reserved', prefixes('0.0.0.0/8', '192.0.0.0/24', '192.88.99.0/24', '198.18.0.0/15', '240.0.0.0/4')],
  ['reserved', prefixes('2001::/23', '2002::/16')],
  ['public', prefixes('0.0.0.0/0', '2000::/3')],
];

export function scopeOf(address: Address): Scope {
  return SPECIAL.find(([, nets]) => nets.some((net) => contains(net, address)))?.[0] ?? 'reserved';
}

function prefixes(...texts: readonly string[]): Prefix[] {
  return texts.map((text) => parsePrefix(text)).filter((prefix) => prefix !== undefined);
}
