import { type Address, type AddressSet, type Ipv4, type Ipv6, isIpv4 } from '../protocol/address.ts';
import { type Scope, scopeOf } from '../protocol/address-scope.ts';

/** An address as it stands on the interface. */
export interface WanAddress {
  readonly address: Address;
  /** True unless the kernel limits it to the link or the machine. */
  readonly isGlobal: boolean;
  /** Added beside another address of the same network. */
  readonly isSecondary: boolean;
  /** Temporary, deprecated, tentative, or found to be somebody else's (RFC 4862 §5.4, RFC 8981). */
  readonly isUnfit: boolean;
  readonly preferredSeconds: number;
}

const NOT_A_LINES: ReadonlySet<Scope> = new Set([
  'ula',
  'link-local',
  'loopback',
  'multicast',
  'unspecified',
  'v4-mapped',
]);

/** The one address of each family that the line is known by: the leased one, else the one it had, else the best. */
export function chooseAddresses(
  found: readonly WanAddress[],
  leased: readonly Address[],
  current: AddressSet,
): AddressSet {
  const fit = found.filter((candidate) => isFit(candidate));
  const preferred = new Set<Address | null>([...leased, current.ipv4, current.ipv6]);
  const best = [
    ...leased.filter((address) => fit.some((candidate) => candidate.address === address)),
    ...fit.map(({ address }) => address).filter((address) => preferred.has(address)),
    ...[...fit].sort((a, b) => b.preferredSeconds - a.preferredSeconds).map(({ address }) => address),
  ];
  return {
    ipv4: best.find((address): address is Ipv4 => isIpv4(address)) ?? null,
    ipv6: best.find((address): address is Ipv6 => !isIpv4(address)) ?? null,
  };
}

/** False for addresses that are the same in every house: of the link, the machine, a private network of IPv6. */
export function isOfLine(address: Address): boolean {
  const scope = scopeOf(address);
  return isIpv4(address) ? scope !== 'link-local' && scope !== 'unspecified' : !NOT_A_LINES.has(scope);
}

function isFit({ address, isGlobal, isSecondary, isUnfit }: WanAddress): boolean {
  return isGlobal && !isSecondary && !isUnfit && isOfLine(address);
}
