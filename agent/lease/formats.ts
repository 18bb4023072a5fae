import { parseDhclient } from './dhclient.ts';
import { parseDhclientHook } from './dhclient-hook.ts';
import { isDhcp6Packet } from './dhcp6-packet.ts';
import { isDhcpPacket, parseDhcpcd } from './dhcpcd.ts';
import { parseDhcpcdHook } from './dhcpcd-hook.ts';
import { parseDnsmasq } from './dnsmasq.ts';
import { parseHotplug } from './hotplug.ts';
import { parseIscDhcpd } from './isc-dhcpd.ts';
import { parseKea } from './kea.ts';
import type { EpochSeconds, LeaseContent, LeaseFile, LeaseParser, LeaseReading } from './lease.ts';
import { parseNetifd } from './netifd.ts';
import { parseOdhcp6c } from './odhcp6c.ts';
import { parsePppd } from './pppd.ts';
import { parseNetworkd, parseNetworkManager } from './sd-lease.ts';
import { parseUdhcpc } from './udhcpc.ts';

const PARSERS = {
  udhcpc: parseUdhcpc,
  dhclient: parseDhclient,
  'dhclient-hook': parseDhclientHook,
  dhcpcd: parseDhcpcd,
  'dhcpcd-hook': parseDhcpcdHook,
  networkd: parseNetworkd,
  networkmanager: parseNetworkManager,
  netifd: parseNetifd,
  hotplug: parseHotplug,
  odhcp6c: parseOdhcp6c,
  pppd: parsePppd,
  dnsmasq: parseDnsmasq,
  'isc-dhcpd': parseIscDhcpd,
  kea: parseKea,
} as const satisfies Readonly<Record<string, LeaseParser>>;

export type LeaseFormat = keyof typeof PARSERS;

/** What may be asked for by name. */
export const LEASE_FORMATS: readonly LeaseFormat[] = [
  'udhcpc',
  'dhclient',
  'dhclient-hook',
  'dhcpcd',
  'dhcpcd-hook',
  'networkd',
  'networkmanager',
  'netifd',
  'hotplug',
  'odhcp6c',
  'pppd',
  'dnsmasq',
  'isc-dhcpd',
  'kea',
];

/** The files of servers tell of everybody's leases: whose line it is they do not know. */
export const SERVER_FORMATS: ReadonlySet<string> = new Set<LeaseFormat>(['dnsmasq', 'isc-dhcpd', 'kea']);

/** A client's own file and the one that a hook writes for it stand for each other. */
const PAIRS: Partial<Record<LeaseFormat, LeaseFormat>> = {
  dhclient: 'dhclient-hook',
  dhcpcd: 'dhcpcd-hook',
  netifd: 'hotplug',
  networkd: 'networkmanager',
  networkmanager: 'networkd',
};

/** Each format's mark; the first that is found decides. */
const MARKS: readonly (readonly [LeaseFormat, RegExp])[] = [
  ['netifd', /^[ \t]*[{[]/],
  [
    'isc-dhcpd',
    /^[ \t]*(lease[ \t]+[\d.]+[ \t]*\{|ia-(na|ta|pd)[ \t]+"|server-duid\b|authoring-byte-order\b|failover[ \t]+peer\b)/m,
  ],
  ['dhclient', /^[ \t]*(lease6?[ \t]*\{|lease6?[ \t]*\r?$|default-duid\b)/m],
  ['kea', /^address,/m],
  ['dnsmasq', /^(duid[ \t]+[0-9a-f:]+[ \t]*\r?$|\d+[ \t]+\S+[ \t]+[0-9a-f.:]+[ \t]+\S+)/im],
  ['networkd', /^(NETMASK|LIFETIME|SERVER_ADDRESS|CLIENTID|ROUTER)=/m],
  ['networkmanager', /^# This is private data|^ADDRESS=/m],
  ['odhcp6c', /^(RA_)?ADDRESSES=|^PREFIXES=|^# odhcp6c\b/m],
  ['pppd', /^(IPLOCAL|PPP_LOCAL|PPPD_PID|PPP_IFACE|PPPLOGNAME)=|^event=ip(v6)?-(up|down)\b/m],
  ['hotplug', /^ACTION=if|^ACTION=(free|reload|create)\b|^IFUPDATE_/m],
  [
    'dhcpcd-hook',
    /^# dhcpcd\b|^(ifcarrier|if_up|if_configured|interface_order|protocol|new_dhcp6_ia_\w+|ip_address)=/m,
  ],
  ['dhclient-hook', /^reason=/m],
  ['udhcpc', /^event=|^# udhcpc6? /m],
];
/** Marks stand near the beginning. */
const MARKED_WITHIN = 65_536;

/** Reads a lease file; without a `format` by the one that its content shows. */
export function readLeases(file: LeaseFile, at: EpochSeconds, format?: LeaseFormat): LeaseReading {
  const text = new TextDecoder().decode(file.bytes);
  const seen = seenFormat(file, text);
  const wanted = seen !== undefined && PAIRS[format ?? seen] === seen ? seen : (format ?? seen);
  // some clients empty their file before they write it
  if (text.trim() === '') return { ...nothing(wanted), isUnfinished: true };
  if (!wanted) return nothing(undefined, unknownPlace(file.bytes));
  if (wanted !== 'dhcpcd' && text.includes('\0')) return nothing(wanted, binaryPlace(file.bytes));
  const content: LeaseContent = { ...file, text, at };
  return PARSERS[wanted](content);
}

function seenFormat({ name, bytes }: LeaseFile, text: string): LeaseFormat | undefined {
  if (isDhcpPacket(bytes) || isDhcp6Packet(bytes)) return 'dhcpcd';
  const start = text
    .slice(0, MARKED_WITHIN)
    .trimStart()
    .replace(/^(export|declare -x) /gm, '');
  const seen = MARKS.find(([, mark]) => mark.test(start))?.[0];
  // both write the same lines: NetworkManager names its files after interfaces, networkd by their numbers
  if (seen === 'networkd' && name.startsWith('internal')) return 'networkmanager';
  return seen === 'networkmanager' && /^\d+$/.test(name) ? 'networkd' : seen;
}

function unknownPlace(bytes: Uint8Array): string {
  return bytes.includes(0) ? binaryPlace(bytes) : 'line 1: the format is not known';
}

function binaryPlace(bytes: Uint8Array): string {
  return `byte ${bytes.indexOf(0)}: the file is binary`;
}

function nothing(format: LeaseFormat | undefined, ...problems: readonly string[]): LeaseReading {
  const reading = { leases: [], event: null, isUnfinished: false, speaksOf: 'everything' } as const;
  return { ...reading, format: format ?? 'unknown', problems };
}
