/** IP addresses in their one canonical form (IPv4 dotted quad, IPv6 as in RFC 5952), so that equal addresses are equal strings. */
export type Ipv4 = string & { readonly brand: 'ipv4' };
export type Ipv6 = string & { readonly brand: 'ipv6' };
export type Address = Ipv4 | Ipv6;

/** What a line holds or claims: at most one address of each family. */
export interface AddressSet {
  readonly ipv4: Ipv4 | null;
  readonly ipv6: Ipv6 | null;
}

export const NO_ADDRESSES: AddressSet = { ipv4: null, ipv6: null };

const DOT = 0x2e;
const ZERO = 0x30;

export function parseIpv4(text: string): Ipv4 | undefined {
  const parts = text.split('.');
  const isQuad =
    parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
  return isQuad ? (text as Ipv4) : undefined;
}

export function parseIpv6(text: string): Ipv6 | undefined {
  const groups = ipv6Groups(text);
  return groups && ipv6Text(groups);
}

export function parseAddress(text: string): Address | undefined {
  return parseIpv4(text) ?? parseIpv6(text);
}

export function isIpv4(address: Address): address is Ipv4 {
  return !address.includes(':');
}

/** The address as it stands in a DNS record or a packet: 4 or 16 bytes in network order. */
export function bytesOf(address: Address): Uint8Array {
  return isIpv4(address) ? ipv4Bytes(address) : ipv6Bytes(address);
}

/** The address of 4 or 16 bytes; undefined for any other length. */
export function addressOfBytes(bytes: Uint8Array): Address | undefined {
  if (bytes.length === 4) return bytes.join('.') as Ipv4;
  if (bytes.length !== 16) return undefined;
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0));
  return ipv6Text(groups);
}

/** The IPv4 address inside ::ffff:a.b.c.d, which dual-stack sockets report; any other address as it is. */
export function unmapped(address: Address): Address {
  const mapped = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(address);
  if (!mapped) return address;
  return addressOfBytes(bytesOf(address).subarray(12)) ?? address;
}

export function addressesIn(set: AddressSet): Address[] {
  return [set.ipv4, set.ipv6].filter((address) => address !== null);
}

export function sameAddresses(a: AddressSet, b: AddressSet): boolean {
  return a.ipv4 === b.ipv4 && a.ipv6 === b.ipv6;
}

/** Character by character: a zone of a million names is loaded through here. */
function ipv4Bytes(address: Ipv4): Uint8Array {
  const bytes = new Uint8Array(4);
  let at = 0;
  for (let i = 0; i < address.length; i++) {
    const code = address.charCodeAt(i);
    if (code === DOT) at += 1;
    else bytes[at] = (bytes[at] ?? 0) * 10 + code - ZERO;
  }
  return bytes;
}

function ipv6Bytes(address: Ipv6): Uint8Array {
  const bytes = new Uint8Array(16);
  const groups = ipv6Groups(address) ?? [];
  groups.forEach((group, index) => {
    bytes[2 * index] = group >> 8;
    bytes[2 * index + 1] = group & 0xff;
  });
  return bytes;
}

function ipv6Groups(text: string): number[] | undefined {
  const halves = withHexTail(text)?.split('::') ?? [];
  if (halves.length < 1 || halves.length > 2) return undefined;
  const [head = [], tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...new Array<string>(missing).fill('0'), ...(tail ?? [])];
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))
    ? groups.map((group) => Number.parseInt(group, 16))
    : undefined;
}

/** Turns a trailing dotted quad (RFC 4291 §2.2, form 3) into two hexadecimal groups. */
function withHexTail(text: string): string | undefined {
  const at = text.lastIndexOf(':') + 1;
  if (!text.includes('.')) return text;
  const quad = at > 0 ? parseIpv4(text.slice(at)) : undefined;
  if (!quad) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = bytesOf(quad);
  return `${text.slice(0, at)}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}

/** RFC 5952 §4: lower case, no leading zeros, the longest run of two or more zero groups as "::", the first of equals. */
function ipv6Text(groups: readonly number[]): Ipv6 {
  const run = longestZeroRun(groups);
  const hex = groups.map((group) => group.toString(16));
  if (run.length < 2) return hex.join(':') as Ipv6;
  return `${hex.slice(0, run.start).join(':')}::${hex.slice(run.start + run.length).join(':')}` as Ipv6;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let current = { start: 0, length: 0 };
  groups.forEach((group, index) => {
    current =
      group === 0
        ? { start: current.length ? current.start : index, length: current.length + 1 }
        : { start: 0, length: 0 };
    if (current.length > best.length) best = current;
  });
  return best;
}
