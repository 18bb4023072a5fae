import { type HookEnvironment, parseEnvironment, seconds } from './environment.ts';
import {
  expiryOf,
  type Holding,
  type Lease,
  type LeaseContent,
  type LeaseReading,
  NO_LEASE,
  nothingOn,
  stateAt,
  writtenAt,
} from './lease.ts';
import { addressAndPrefix, delegatedPrefix, prefixOf } from './netmask.ts';
import { Problems } from './problems.ts';

const HOLDS = /^((BOUND|RENEW|REBIND|REBOOT|INFORM)6?|TIMEOUT|STATIC|IPV4LL|DUMP6?|TEST6?)$/;
const HOLDS_NOTHING =
  /^(PREINIT|CARRIER|NOCARRIER|NOCARRIER_ROAMING|NAK|FAIL|UNKNOWN|DEPARTED|STOPPED|(EXPIRE|RELEASE|STOP)6?)$/;
/** The interface as a whole, whatever the family. */
const SPEAKS_OF_ALL = /^(PREINIT|CARRIER|NOCARRIER|NOCARRIER_ROAMING|UNKNOWN|DEPARTED|STOPPED)$/;
/** News that is not of leases: a router advertisement, a prefix given to another interface. */
const OTHER = /^(ROUTERADVERT|DELEGATED6|3RDPARTY)$/;
const IA = /^new_dhcp6_ia_(na|pd)(\d+)_(?:ia_addr|prefix)(\d+)$/;

/** The environment of dhcpcd's hook scripts (dhcpcd-run-hooks(8)), one event a file, or what `dhcpcd --dumplease` prints. */
export function parseDhcpcdHook(content: LeaseContent): LeaseReading {
  const problems = new Problems();
  const environment = parseEnvironment(content.text, problems);
  const event = environment.event ?? (environment.values.has('ip_address') ? 'DUMP' : null);
  const leases = event === null ? [] : leasesOf(environment, event, content);
  if (event === null) problems.add('no reason in the file');
  else if (HOLDS.test(event) && leases.length === 0)
    problems.inLine(environment.lineOf('reason'), `"${event}" without an address`);
  else if (leases.length === 0 && !OTHER.test(event))
    problems.inLine(environment.lineOf('reason'), `the reason "${event}" is not known`);
  const speaksOf = holdingsOf(event ?? '');
  return { format: 'dhcpcd-hook', leases, problems: problems.all, event, isUnfinished: false, speaksOf };
}

function leasesOf(environment: HookEnvironment, event: string, content: LeaseContent): Lease[] {
  const { values } = environment;
  const name = values.get('interface') ?? null;
  const old = addressAndPrefix(values.get('old_ip_address'))?.address ?? null;
  if (HOLDS_NOTHING.test(event)) {
    const state = event.startsWith('EXPIRE') ? 'expired' : 'none';
    return [{ ...nothingOn(name), old, state }];
  }
  if (!HOLDS.test(event)) return [];
  const start = environment.ranAt ?? writtenAt(content);
  const lease: Lease = { ...NO_LEASE, start, interface: name };
  const found = event.endsWith('6') ? leasesOf6(values, lease) : leaseOf4(values, { ...lease, old });
  return found.map((held) => ({ ...held, state: stateAt(held.expiry, content.at) }));
}

function leaseOf4(values: ReadonlyMap<string, string>, lease: Lease): Lease[] {
  const told = (name: string) => values.get(`new_${name}`) ?? values.get(name);
  const held = addressAndPrefix(told('ip_address'));
  if (!held) return [];
  const prefix = prefixOf(told('subnet_cidr')) ?? prefixOf(told('subnet_mask'));
  return [{ ...lease, ...held, prefix, expiry: expiryOf(lease.start, seconds(told('dhcp_lease_time'))) }];
}

/** Addresses are `new_dhcp6_ia_naN_ia_addrM`, delegated prefixes `new_dhcp6_ia_pdN_prefixM`. */
function leasesOf6(values: ReadonlyMap<string, string>, lease: Lease): Lease[] {
  return [...values].flatMap(([key, text]): Lease[] => {
    const [, kind, number] = IA.exec(key) ?? [];
    if (kind === undefined) return [];
    const delegated = kind === 'pd';
    const length = prefixOf(values.get(`${key}_length`), 128);
    const held = delegated ? delegatedPrefix(`${text}/${length ?? ''}`) : addressAndPrefix(text);
    if (!held) return [];
    const iaid = Number.parseInt(values.get(`new_dhcp6_ia_${kind}${number}_iaid`) ?? '', 16);
    const expiry = expiryOf(lease.start, seconds(values.get(`${key}_vltime`)));
    return [{ ...lease, ...held, expiry, delegated, iaid: Number.isNaN(iaid) ? null : iaid }];
  });
}

function holdingsOf(event: string): readonly Holding[] {
  if (SPEAKS_OF_ALL.test(event)) return ['ipv4', 'ipv6', 'delegated'];
  if (OTHER.test(event)) return [];
  return event.endsWith('6') ? ['ipv6', 'delegated'] : ['ipv4'];
}
