import { addressOfBytes } from '../../protocol/address.ts';
import {
  type EpochSeconds,
  expiryOf,
  type Lease,
  type LeaseContent,
  type LeaseReading,
  NO_LEASE,
  stateAt,
  writtenAt,
} from './lease.ts';
import { addressAndPrefix, delegatedPrefix } from './netmask.ts';
import { DHCP6, numberAt, optionsOf, type PacketOption } from './packet-options.ts';
import { Problems } from './problems.ts';

/** RFC 8415 §7.3, §8, §21: numbers and places in the packet. */
const REPLY = 7;
const OPTIONS = 4;
const CLIENT_ID = 1;
const SERVER_ID = 2;
const IA_NA = 3;
const IA_PD = 25;
const IA_OPTIONS = 12;
const IA_ADDRESS = 5;
const IA_PREFIX = 26;

/** True for a reply of DHCPv6 that names client or server first, as all of them do. */
export function isDhcp6Packet(bytes: Uint8Array): boolean {
  const first = numberAt(bytes, OPTIONS, 2);
  return (
    bytes[0] === REPLY && (first === CLIENT_ID || first === SERVER_ID || first === IA_NA || first === IA_PD)
  );
}

/** The server's reply of DHCPv6. Temporary addresses (IA_TA) are nobody's name. */
export function parseDhcp6Packet(content: LeaseContent): LeaseReading {
  const problems = new Problems();
  const { bytes, at } = content;
  const options = optionsOf(bytes.subarray(OPTIONS), { start: OPTIONS, shape: DHCP6, problems });
  const leases = options
    .filter(({ code }) => code === IA_NA || code === IA_PD)
    .flatMap((association) => leasesOf(association, writtenAt(content), problems))
    .map((lease) => ({ ...lease, state: stateAt(lease.expiry, at) }));
  if (bytes[0] !== REPLY) problems.atByte(0, 'not a reply of DHCPv6');
  else if (leases.length === 0) problems.atByte(OPTIONS, 'no address and no prefix in the packet');
  return {
    format: 'dhcpcd',
    leases: bytes[0] === REPLY ? leases : [],
    problems: problems.all,
    event: null,
    isUnfinished: false,
    speaksOf: ['ipv6', 'delegated'],
  };
}

function leasesOf(
  { code, value, at }: PacketOption,
  start: EpochSeconds | null,
  problems: Problems,
): Omit<Lease, 'state'>[] {
  const inside = optionsOf(value.subarray(IA_OPTIONS), { start: at + IA_OPTIONS, shape: DHCP6, problems });
  const iaid = numberAt(value, 0, 4);
  return inside.flatMap((option) => {
    const held = code === IA_PD ? prefixIn(option) : addressIn(option);
    // of a valid lifetime of 0 the server says that it is over (RFC 8415 §18.2.10.1)
    if (!held || held.seconds === 0) return [];
    const { seconds, ...of } = held;
    return [{ ...NO_LEASE, ...of, start, expiry: expiryOf(start, seconds), delegated: code === IA_PD, iaid }];
  });
}

function addressIn({ code, value }: PacketOption) {
  if (code !== IA_ADDRESS || value.length < 24) return undefined;
  const held = addressAndPrefix(addressOfBytes(value.subarray(0, 16)));
  return held && { ...held, seconds: numberAt(value, 20, 4) };
}

function prefixIn({ code, value }: PacketOption) {
  if (code !== IA_PREFIX || value.length < 25) return undefined;
  const held = delegatedPrefix(`${addressOfBytes(value.subarray(9, 25))}/${value[8]}`);
  return held && { ...held, seconds: numberAt(value, 4, 4) };
}
