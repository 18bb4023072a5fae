import { type Address, type AddressSet, addressesIn, isIpv4 } from '../../protocol/address.ts';
import { type Scope, scopeOf } from '../../protocol/address-scope.ts';
import type { RefusalReason } from '../../protocol/message.ts';
import { contains, type Prefix } from '../../protocol/prefix.ts';

export interface ClaimRules {
  /** True when any public address may be claimed. */
  readonly allowPublic: boolean;
  /** Networks that may be claimed beyond that, private and loopback ones included: labs live on it. */
  readonly allow: readonly Prefix[];
  /** The gateway's own, answering, name-server and broker addresses: nobody's line. */
  readonly own: ReadonlySet<Address>;
}

export type ClaimVerdict =
  | { readonly kind: 'credible' }
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly address: Address | null };

const NEVER: ReadonlySet<Scope> = new Set(['unspecified', 'multicast', 'link-local', 'v4-mapped']);
const BEHIND_NAT: ReadonlySet<Scope> = new Set(['private', 'cgnat', 'ula']);

/** Figure 5, block 506: can these addresses be the line's own, told over a connection that comes from `source`? */
export function judgeClaim(claim: AddressSet, source: Address, rules: ClaimRules): ClaimVerdict {
  const addresses = addressesIn(claim);
  if (addresses.length === 0) return { kind: 'refused', reason: 'address-not-allowed', address: null };
  for (const address of addresses) {
    const reason = wrongWith(address, claim, source, rules);
    if (reason) return { kind: 'refused', reason, address };
  }
  return { kind: 'credible' };
}

function wrongWith(
  address: Address,
  claim: AddressSet,
  source: Address,
  rules: ClaimRules,
): RefusalReason | undefined {
  const scope = scopeOf(address);
  if (NEVER.has(scope) || rules.own.has(address)) return 'address-not-allowed';
  const isListed = rules.allow.some((prefix) => contains(prefix, address));
  if (BEHIND_NAT.has(scope) && !isListed) return 'behind-nat';
  if (!isListed && !(rules.allowPublic && scope === 'public')) return 'address-not-allowed';
  // the connection proves one family only: the one in which the line is connected
  const claimed = isIpv4(source) ? claim.ipv4 : claim.ipv6;
  return claimed === source ? undefined : 'not-your-address';
}
