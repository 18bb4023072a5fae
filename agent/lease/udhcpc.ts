import { parseIpv4 } from '../../protocol/address.ts';
import { parseEnvironment, seconds } from './environment.ts';
import { type EpochSeconds, type Lease, type LeaseReading, stateAt } from './lease.ts';
import { prefixOf } from './netmask.ts';

const HOLDS = new Set(['bound', 'renew']);
const HOLDS_NOTHING = new Set(['deconfig', 'nak', 'leasefail']);
/** RFC 2131 §3.3: a lease of all ones never ends. */
const FOR_EVER = 0xffff_ffff;

/** The environment of busybox udhcpc's hook script, one event a file. */
export function parseUdhcpc(text: string, at: EpochSeconds): LeaseReading {
  const { values, at: ranAt, event } = parseEnvironment(text);
  const reading = { format: 'udhcpc', leases: [], problems: [], event, isUnfinished: false };
  if (event === null) return { ...reading, problems: ['no event in the file'] };
  const interfaceName = values.get('interface') ?? null;
  if (HOLDS_NOTHING.has(event)) return { ...reading, leases: [nothingOn(interfaceName)] };
  if (!HOLDS.has(event)) return { ...reading, problems: [`the event "${event}" is not known`] };
  const address = parseIpv4(values.get('ip') ?? '');
  if (!address || address === '0.0.0.0') return { ...reading, problems: [`"${event}" without an address`] };
  const start = ranAt ?? at;
  const expiry = expiryOf(start, seconds(values.get('lease')));
  const lease: Lease = {
    address,
    prefix: prefixOf(values.get('mask')) ?? prefixOf(values.get('subnet')),
    start,
    expiry,
    state: stateAt(expiry, at),
    interface: interfaceName,
  };
  return { ...reading, leases: [lease] };
}

/** What is held after a NAK or a release. */
export function nothingOn(interfaceName: string | null): Lease {
  return { address: null, prefix: null, start: null, expiry: null, state: 'none', interface: interfaceName };
}

function expiryOf(start: EpochSeconds, lengthSeconds: number | null): Lease['expiry'] {
  if (lengthSeconds === null) return null;
  return lengthSeconds === FOR_EVER ? 'never' : start + lengthSeconds;
}
