import { isIpv4 } from '../../protocol/address.ts';
import { type HookEnvironment, parseEnvironment, seconds, wordOf } from './environment.ts';
import {
  expiryOf,
  type Lease,
  type LeaseContent,
  type LeaseReading,
  NO_LEASE,
  nothingOn,
  stateAt,
  writtenAt,
} from './lease.ts';
import { addressAndPrefix, delegatedPrefix } from './netmask.ts';
import { Problems, quoted } from './problems.ts';

const HOLDS_NOTHING = new Set(['started', 'unbound', 'stopped']);
const LISTS = ['ADDRESSES', 'RA_ADDRESSES', 'PREFIXES'] as const;

/** The environment of odhcp6c's script: lists of "ADDRESS/LENGTH,PREFERRED,VALID", apart by spaces. */
export function parseOdhcp6c(content: LeaseContent): LeaseReading {
  const problems = new Problems();
  const environment = parseEnvironment(content.text, problems);
  const event = environment.event ?? wordOf(environment, 2) ?? null;
  const name = environment.values.get('interface') ?? wordOf(environment, 1) ?? null;
  const lease = { ...NO_LEASE, start: environment.ranAt ?? writtenAt(content), interface: name };
  const held =
    event !== null && HOLDS_NOTHING.has(event)
      ? []
      : LISTS.flatMap((list) => leasesIn(list, environment, lease, problems));
  const leases = held.map((one) => ({ ...one, state: stateAt(one.expiry, content.at) }));
  return {
    format: 'odhcp6c',
    leases: leases.length > 0 ? leases : [nothingOn(name)],
    problems: problems.all,
    event,
    isUnfinished: false,
    speaksOf: ['ipv6', 'delegated'],
  };
}

function leasesIn(
  list: (typeof LISTS)[number],
  { values, lineOf }: HookEnvironment,
  lease: Lease,
  problems: Problems,
): Lease[] {
  const entries = (values.get(list) ?? '').split(/\s+/).filter((entry) => entry !== '');
  return entries.flatMap((entry) => {
    const [text, , valid] = entry.split(',');
    const held = list === 'PREFIXES' ? delegatedPrefix(text) : addressAndPrefix(text);
    if (held && !isIpv4(held.address)) {
      const expiry = expiryOf(lease.start, seconds(valid));
      return [{ ...lease, ...held, expiry, delegated: list === 'PREFIXES' }];
    }
    problems.inLine(lineOf(list), `${quoted(entry)} is no address with its length`);
    return [];
  });
}
