import { parseAddress } from '../../protocol/address.ts';
import { parseEnvironment, seconds } from './environment.ts';
import { type EpochSeconds, type Lease, type LeaseReading, stateAt } from './lease.ts';
import { prefixOf } from './netmask.ts';
import { nothingOn } from './udhcpc.ts';

const HOLDS = /^(BOUND|RENEW|REBIND|REBOOT|TIMEOUT)6?$/;
const HOLDS_NOTHING = /^(PREINIT|EXPIRE|FAIL|RELEASE|STOP|NBI|DEPREF)6?$/;

/** The environment of ISC dhclient's hook scripts, one event a file. */
export function parseDhclientHook(text: string, at: EpochSeconds): LeaseReading {
  const { values, event } = parseEnvironment(text);
  const reading = { format: 'dhclient-hook', leases: [], problems: [], event, isUnfinished: false };
  if (event === null) return { ...reading, problems: ['no reason in the file'] };
  const interfaceName = values.get('interface') ?? null;
  if (HOLDS_NOTHING.test(event)) {
    const state = event.startsWith('EXPIRE') ? 'expired' : 'none';
    return { ...reading, leases: [{ ...nothingOn(interfaceName), state }] };
  }
  if (!HOLDS.test(event)) return { ...reading, problems: [`the reason "${event}" is not known`] };
  const lease = heldLease(values, at);
  if (!lease) return { ...reading, problems: [`"${event}" without an address`] };
  return { ...reading, leases: [{ ...lease, interface: interfaceName }] };
}

function heldLease(values: ReadonlyMap<string, string>, at: EpochSeconds): Lease | undefined {
  const address = parseAddress(values.get('new_ip_address') ?? values.get('new_ip6_address') ?? '');
  if (!address) return undefined;
  const length = seconds(values.get('new_dhcp_lease_time') ?? values.get('new_max_life'));
  const starts = seconds(values.get('new_life_starts'));
  const expiry =
    seconds(values.get('new_expiry')) ?? (starts === null || length === null ? null : starts + length);
  return {
    address,
    prefix: prefixOf(values.get('new_subnet_mask')) ?? prefixOf(values.get('new_ip6_prefixlen'), 128),
    start: starts ?? (expiry === null || length === null ? null : expiry - length),
    expiry,
    state: stateAt(expiry, at),
    interface: null,
  };
}
