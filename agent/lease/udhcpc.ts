import { type HookEnvironment, parseEnvironment, seconds, wordOf } from './environment.ts';
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

const HOLDS = new Set(['bound', 'renew']);
const HOLDS_NOTHING = new Set(['deconfig', 'nak', 'leasefail']);

/** The environment of the hook script of busybox udhcpc and udhcpc6, one event a file. */
export function parseUdhcpc(content: LeaseContent): LeaseReading {
  const problems = new Problems();
  const environment = parseEnvironment(content.text, problems);
  const event = environment.event ?? wordOf(environment, 1) ?? null;
  const leases = event === null ? [] : leasesOf(environment, event, content);
  if (event === null) problems.add('no event in the file');
  else if (!HOLDS.has(event) && !HOLDS_NOTHING.has(event))
    problems.inLine(environment.lineOf('event'), `the event "${event}" is not known`);
  else if (leases.length === 0) problems.inLine(environment.lineOf('event'), `"${event}" without an address`);
  const speaksOf = holdingsOf(environment);
  return { format: 'udhcpc', leases, problems: problems.all, event, isUnfinished: false, speaksOf };
}

function leasesOf(environment: HookEnvironment, event: string, content: LeaseContent): Lease[] {
  const { values } = environment;
  const name = values.get('interface') ?? null;
  if (HOLDS_NOTHING.has(event)) return [nothingOn(name)];
  if (!HOLDS.has(event)) return [];
  const start = environment.ranAt ?? writtenAt(content) ?? content.at;
  const expiry = expiryOf(start, seconds(values.get('lease')));
  const lease = { ...NO_LEASE, start, expiry, state: stateAt(expiry, content.at), interface: name } as const;
  const mask = prefixOf(values.get('mask')) ?? prefixOf(values.get('subnet'));
  const ipv4 = addressAndPrefix(values.get('ip'));
  const ipv6 = addressAndPrefix(values.get('ipv6'));
  const prefix = delegatedPrefix(values.get('ipv6prefix'));
  return [
    ...(ipv4 ? [{ ...lease, address: ipv4.address, prefix: mask }] : []),
    ...(ipv6 ? [{ ...lease, ...ipv6 }] : []),
    ...(prefix ? [{ ...lease, ...prefix, delegated: true }] : []),
  ];
}

/** udhcpc6 speaks of IPv6 alone, and udhcpc of IPv4; an end of either looks the same. */
function holdingsOf({ values }: HookEnvironment): readonly Holding[] {
  return values.has('ipv6') || values.has('ipv6prefix') ? ['ipv6', 'delegated'] : ['ipv4'];
}
