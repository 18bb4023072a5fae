import { scopeOf } from '../../protocol/address-scope.ts';
import { columns } from '../status-text.ts';
import type { Lease, LeaseReading } from './lease.ts';

type Told = Pick<LeaseReading, 'format' | 'leases' | 'problems'>;

/** Why nobody outside can reach such an address. */
const UNREACHABLE: Readonly<Record<string, string>> = {
  private: 'private, not reachable from outside',
  cgnat: "the provider's NAT, not reachable from outside",
  'link-local': 'of the link only, not reachable from outside',
  ula: 'of a private network, not reachable from outside',
  loopback: "the machine's own, not reachable from outside",
};

/** What was understood of a lease file, for programs. */
export function leasesJson({ format, leases, problems }: Told): string {
  return JSON.stringify({ format, leases: leases.map(told), problems }, null, 2);
}

/** What every format may tell is always there, null where this one does not; the rest where it is told. */
function told(lease: Lease): object {
  const { address, prefix, start, expiry, state, interface: name, delegated, ...more } = lease;
  const kind = kindOf(lease);
  const rest = Object.entries({ ...more, kind }).filter(([, value]) => value !== null);
  return {
    ...{ address, prefix, start, expiry, state, interface: name },
    ...(delegated && { delegated }),
    ...Object.fromEntries(rest),
  };
}

/** The same for people: a line a lease, and a line for each thing that could not be read. */
export function leasesText({ format, leases, problems }: Told): string {
  const rows = leases.map((lease) => [lease.interface ?? lease.mac ?? '-', leaseText(lease)] as const);
  const notes = problems.map((problem) => ['not read', problem] as const);
  const none = leases.length === 0 ? [['leases', 'none'] as const] : [];
  return columns([['format', format], ...none, ...rows, ...notes]).trimEnd();
}

function leaseText(lease: Lease): string {
  const { address, prefix, delegated, state, start, expiry } = lease;
  const shown = address === null ? 'no address' : `${address}${prefix === null ? '' : `/${prefix}`}`;
  const times = start === null && expiry === null ? '' : `${epochText(start)} .. ${epochText(expiry)}`;
  const reach = address === null ? undefined : UNREACHABLE[scopeOf(address)];
  return [`${shown}${delegated ? ' delegated' : ''}`, state, times, reach && `(${reach})`]
    .filter(Boolean)
    .join('  ');
}

/** DHCPv6's own words, where the file tells an identity association. */
function kindOf({ delegated, iaid, address }: Lease): 'IA_NA' | 'IA_PD' | null {
  if (delegated) return 'IA_PD';
  return iaid !== null && address?.includes(':') ? 'IA_NA' : null;
}

function epochText(at: number | 'never' | null): string {
  return typeof at === 'number' ? new Date(at * 1000).toISOString().replace('.000', '') : (at ?? '?');
}
