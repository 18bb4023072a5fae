import { type HookEnvironment, parseEnvironment, seconds } from './environment.ts';
import {
  type EpochSeconds,
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

const HOLDS = /^(BOUND|RENEW|REBIND|REBOOT|TIMEOUT)6?$/;
const HOLDS_NOTHING = /^(PREINIT|EXPIRE|FAIL|RELEASE|STOP|NBI|DEPREF)6?$/;

/** The environment of ISC dhclient's hook scripts, one event a file. */
export function parseDhclientHook(content: LeaseContent): LeaseReading {
  const problems = new Problems();
  const environment = parseEnvironment(content.text, problems);
  const { event } = environment;
  const leases = event === null ? [] : leasesOf(environment, event, content);
  if (event === null) problems.add('no reason in the file');
  else if (!HOLDS.test(event) && !HOLDS_NOTHING.test(event))
    problems.inLine(environment.lineOf('reason'), `the reason "${event}" is not known`);
  else if (leases.length === 0)
    problems.inLine(environment.lineOf('reason'), `"${event}" without an address`);
  const speaksOf = holdingsOf(event ?? '', leases);
  return { format: 'dhclient-hook', leases, problems: problems.all, event, isUnfinished: false, speaksOf };
}

function leasesOf(environment: HookEnvironment, event: string, content: LeaseContent): Lease[] {
  const { values } = environment;
  const name = values.get('interface') ?? null;
  const old =
    addressAndPrefix(values.get('old_ip_address') ?? values.get('old_ip6_address'))?.address ?? null;
  const state = event.startsWith('EXPIRE') ? 'expired' : 'none';
  if (HOLDS_NOTHING.test(event)) return [{ ...nothingOn(name), old, state }];
  if (!HOLDS.test(event)) return [];
  const { start, expiry } = timesOf(values, environment.ranAt ?? writtenAt(content));
  const iaid = Number.parseInt((values.get('new_iaid') ?? '').replaceAll(':', ''), 16);
  const ipv6 = addressAndPrefix(values.get('new_ip6_address'));
  const ipv4 = addressAndPrefix(values.get('new_ip_address'));
  const prefix = delegatedPrefix(values.get('new_ip6_prefix'));
  const lease = {
    ...NO_LEASE,
    start,
    expiry,
    state: stateAt(expiry, content.at),
    interface: name,
    old,
  } as const;
  const lease6 = { ...lease, iaid: Number.isNaN(iaid) ? null : iaid };
  return [
    ...(ipv4 ? [{ ...lease, ...ipv4, prefix: prefixOf(values.get('new_subnet_mask')) }] : []),
    ...(ipv6 ? [{ ...lease6, ...ipv6, prefix: prefixOf(values.get('new_ip6_prefixlen'), 128) }] : []),
    ...(prefix ? [{ ...lease6, ...prefix, delegated: true }] : []),
  ];
}

function timesOf(
  values: ReadonlyMap<string, string>,
  ranAt: EpochSeconds | null,
): Pick<Lease, 'start' | 'expiry'> {
  const length = seconds(values.get('new_dhcp_lease_time') ?? values.get('new_max_life'));
  const starts = seconds(values.get('new_life_starts') ?? values.get('new_starts'));
  const end = seconds(values.get('new_expiry'));
  const start = starts ?? (end === null || length === null ? ranAt : end - length);
  return { start, expiry: end ?? expiryOf(start, length) };
}

/** dhclient runs its script once for each address and once for each prefix. */
function holdingsOf(event: string, leases: readonly Lease[]): readonly Holding[] {
  if (!event.endsWith('6')) return ['ipv4'];
  const held = leases.filter(({ address }) => address !== null);
  if (held.length === 0) return ['ipv6', 'delegated'];
  return held.map(({ delegated }) => (delegated ? 'delegated' : 'ipv6'));
}
