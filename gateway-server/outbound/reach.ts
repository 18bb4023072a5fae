import { type Address, unmapped } from '../../protocol/address.ts';
import { scopeOf } from '../../protocol/address-scope.ts';
import { contains } from '../../protocol/prefix.ts';
import type { ClaimRules } from '../line/claim.ts';

/** What may be called from here. */
export interface Reach {
  /** Public or listed in `addresses.allow`, and none of the gateway's own. */
  mayCall(address: Address): boolean;
  /** Listed in `addresses.allow`. */
  isListed(address: Address): boolean;
}

/** No host answers at these, whoever lists them. */
const NEVER = ['unspecified', 'multicast', 'v4-mapped'];

/** What may be called under the rules that also say which addresses lines may claim. */
export function reachWithin({ allow, own }: Pick<ClaimRules, 'allow' | 'own'>): Reach {
  const isListed = (address: Address) => allow.some((prefix) => contains(prefix, address));
  return {
    isListed,
    mayCall: (address) => {
      if (own.has(unmapped(address))) return false;
      const scope = scopeOf(address);
      return scope === 'public' || (isListed(address) && !NEVER.includes(scope));
    },
  };
}
