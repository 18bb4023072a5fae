import { type Address, addressOfBytes, bytesOf, isIpv4 } from '../../protocol/address.ts';

/**
 * What a batch does to the lines' names, as bytes: the form in which it is kept on disk, sent to the workers, swapped into
 * the table and told to secondaries. One entry a name, none twice:
 *
 *     length of the key (1 byte), key, addresses before, addresses after
 *     addresses: number of IPv4 ones (1 byte), number of IPv6 ones (1 byte), 4 bytes each, 16 bytes each
 *
 * No addresses at all mean that the name is not in the zone.
 */
export type ZoneDiff = Uint8Array;

/** Addresses of one name, lying somewhere in `bytes`: the IPv4 ones from `start`, the IPv6 ones behind them. */
export interface AddressBytes {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly ipv4Count: number;
  readonly ipv6Count: number;
}

/** What happens to one name; everything points into the diff. */
export interface DiffEntry {
  readonly diff: ZoneDiff;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly before: AddressBytes;
  readonly after: AddressBytes;
}

/** The bytes are no diff: they were cut off or damaged. */
export class DamagedDiff extends Error {
  override readonly name = 'DamagedDiff';
}

const IPV4 = 4;
const IPV6 = 16;
const MOST_OF_A_FAMILY = 255;
const NO_BYTES = new Uint8Array();

export const NO_ADDRESS_BYTES: AddressBytes = { bytes: NO_BYTES, start: 0, ipv4Count: 0, ipv6Count: 0 };

/** The addresses in the form of the diff, each once, in the given order within their family. */
export function addressBytes(addresses: readonly Address[]): AddressBytes {
  const [only] = addresses;
  if (only && addresses.length === 1) return oneAddress(only);
  const ipv4 = addresses.filter((address) => isIpv4(address));
  const ipv6 = addresses.filter((address) => !isIpv4(address));
  if (ipv4.length > MOST_OF_A_FAMILY || ipv6.length > MOST_OF_A_FAMILY)
    throw new RangeError(`a name cannot have more than ${MOST_OF_A_FAMILY} addresses of a family`);
  const bytes = new Uint8Array(ipv4.length * IPV4 + ipv6.length * IPV6);
  let at = 0;
  for (const address of [...ipv4, ...ipv6]) {
    const rdata = bytesOf(address);
    bytes.set(rdata, at);
    at += rdata.length;
  }
  return { bytes, start: 0, ipv4Count: ipv4.length, ipv6Count: ipv6.length };
}

/** What almost every name has. */
function oneAddress(address: Address): AddressBytes {
  const ipv4Count = isIpv4(address) ? 1 : 0;
  return { bytes: bytesOf(address), start: 0, ipv4Count, ipv6Count: 1 - ipv4Count };
}

/** The addresses as the rest of the program knows them. */
export function addressesOf({ bytes, start, ipv4Count, ipv6Count }: AddressBytes): Address[] {
  const addresses: Address[] = [];
  const ipv6Start = start + ipv4Count * IPV4;
  for (let n = 0; n < ipv4Count; n++) push(addresses, bytes, start + n * IPV4, IPV4);
  for (let n = 0; n < ipv6Count; n++) push(addresses, bytes, ipv6Start + n * IPV6, IPV6);
  return addresses;
}

function push(into: Address[], bytes: Uint8Array, at: number, length: number): void {
  const address = addressOfBytes(bytes.subarray(at, at + length));
  if (address) into.push(address);
}

export function sizeOf({ ipv4Count, ipv6Count }: AddressBytes): number {
  return ipv4Count * IPV4 + ipv6Count * IPV6;
}

export function sameAddressBytes(a: AddressBytes, b: AddressBytes): boolean {
  if (a.ipv4Count !== b.ipv4Count || a.ipv6Count !== b.ipv6Count) return false;
  const size = sizeOf(a);
  for (let n = 0; n < size; n++) if (a.bytes[a.start + n] !== b.bytes[b.start + n]) return false;
  return true;
}

/** True when the name is in the zone. */
export function isThere({ ipv4Count, ipv6Count }: AddressBytes): boolean {
  return ipv4Count + ipv6Count > 0;
}

/** Gathers entries into one diff. */
export class DiffWriter {
  #bytes = new Uint8Array(1024);
  #end = 0;
  #entries = 0;

  get entries(): number {
    return this.#entries;
  }

  /** `key` is the name's labels without the zone's, in lower case, as in wire.ts. An entry that changes nothing is left out. */
  add(key: Uint8Array, before: AddressBytes, after: AddressBytes): void {
    if (sameAddressBytes(before, after)) return;
    this.#reserve(1 + key.length + 4 + sizeOf(before) + sizeOf(after));
    this.#bytes[this.#end] = key.length;
    this.#bytes.set(key, this.#end + 1);
    this.#end += 1 + key.length;
    this.#addAddresses(before);
    this.#addAddresses(after);
    this.#entries += 1;
  }

  /** What was gathered; the writer may go on. */
  diff(): ZoneDiff {
    return this.#bytes.slice(0, this.#end);
  }

  #addAddresses(addresses: AddressBytes): void {
    const { bytes, start, ipv4Count, ipv6Count } = addresses;
    const size = sizeOf(addresses);
    this.#bytes[this.#end] = ipv4Count;
    this.#bytes[this.#end + 1] = ipv6Count;
    for (let n = 0; n < size; n++) this.#bytes[this.#end + 2 + n] = bytes[start + n] ?? 0;
    this.#end += 2 + size;
  }

  #reserve(more: number): void {
    if (this.#end + more <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#end + more));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

/** The entries of a diff, in order; throws DamagedDiff. */
export function* entriesOf(diff: ZoneDiff): Iterable<DiffEntry> {
  let at = 0;
  while (at < diff.length) {
    const keyStart = at + 1;
    const keyEnd = keyStart + (diff[at] ?? 0);
    const before = addressesAt(diff, keyEnd);
    const after = addressesAt(diff, before.start + sizeOf(before));
    at = after.start + sizeOf(after);
    if (at > diff.length) throw new DamagedDiff(`a diff of ${diff.length} bytes is cut off`);
    yield { diff, keyStart, keyEnd, before, after };
  }
}

function addressesAt(diff: ZoneDiff, at: number): AddressBytes {
  return { bytes: diff, start: at + 2, ipv4Count: diff[at] ?? 0, ipv6Count: diff[at + 1] ?? 0 };
}
