import { addressOfBytes } from '../../protocol/address.ts';
import { parseDhcp6Packet } from './dhcp6-packet.ts';
import { expiryOf, type LeaseContent, type LeaseReading, NO_LEASE, stateAt, writtenAt } from './lease.ts';
import { addressAndPrefix, prefixOf } from './netmask.ts';
import { DHCP, numberAt, optionsOf } from './packet-options.ts';
import { Problems } from './problems.ts';

/** RFC 2131 §2: where the fields of the packet are. */
const CIADDR = 12;
const YIADDR = 16;
const COOKIE = 236;
const OPTIONS = 240;
const MAGIC = 0x6382_5363;
/** RFC 2132 §9.6. */
const ACK = 5;

/** dhcpcd's `.lease` and `.lease6`: the server's packet as it came; that it came when the file was written is all that is known of times. */
export function parseDhcpcd(content: LeaseContent): LeaseReading {
  return isDhcpPacket(content.bytes) ? parseDhcpPacket(content) : parseDhcp6Packet(content);
}

/** True for a packet of DHCP over IPv4, by its cookie. */
export function isDhcpPacket(bytes: Uint8Array): boolean {
  return bytes.length >= OPTIONS && numberAt(bytes, COOKIE, 4) === MAGIC;
}

function parseDhcpPacket(content: LeaseContent): LeaseReading {
  const { bytes, at } = content;
  const problems = new Problems();
  const options = optionsOf(bytes.subarray(OPTIONS), { start: OPTIONS, shape: DHCP, problems });
  const value = (code: number) => options.find((option) => option.code === code)?.value;
  const kind = value(53)?.[0] ?? ACK;
  const held = addressAt(bytes, YIADDR) ?? addressAt(bytes, CIADDR);
  if (kind !== ACK) problems.atByte(OPTIONS, `a packet of type ${kind} leases nothing`);
  else if (!held) problems.atByte(YIADDR, 'no address in the packet');
  const length = value(51);
  const start = writtenAt(content);
  const expiry = expiryOf(start, length?.length === 4 ? numberAt(length, 0, 4) : null);
  const prefix = prefixOf(addressOfBytes(value(1) ?? new Uint8Array()));
  const lease = { ...NO_LEASE, prefix, start, expiry, state: stateAt(expiry, at) };
  return {
    format: 'dhcpcd',
    leases: held && kind === ACK ? [{ ...lease, address: held.address }] : [],
    problems: problems.all,
    event: null,
    isUnfinished: false,
    speaksOf: ['ipv4'],
  };
}

function addressAt(bytes: Uint8Array, at: number) {
  return addressAndPrefix(addressOfBytes(bytes.subarray(at, at + 4)));
}
