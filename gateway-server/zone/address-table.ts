import { NameIndex } from './name-index.ts';
import type { SnapshotLine } from './transfer/zone-snapshot.ts';
import { TYPE } from './wire.ts';
import { type AddressBytes, isThere, NO_ADDRESS_BYTES, sameAddressBytes } from './zone-diff.ts';

/** The addresses of one family of a name, in the order of their records. */
export interface FamilyOfAddresses {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly count: number;
  readonly isIpv4: boolean;
  /** An update of the name waits for its batch. */
  readonly isQueued: boolean;
}

export type Lookup = FamilyOfAddresses | 'no-data' | 'no-name';

/** Where the bytes of a name begin and end. */
export interface KeyBytes {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

const IPV4 = 4;
const IPV6 = 16;
const SLOT = IPV4 + IPV6;
const LEAST_SLOTS = 128;

const IS_NAME = 1;
const HAS_IPV4 = 2;
const HAS_IPV6 = 4;
const HAS_LIST = 8;
const IS_QUEUED = 16;

/** The lines' names with their addresses: a few typed arrays, so that a million names stay small. */
export class AddressTable {
  readonly #index = new NameIndex();
  #flags = new Uint8Array(LEAST_SLOTS);
  /** One address of each family has its place here; names with more have a list. */
  #addresses = new Uint8Array(LEAST_SLOTS * SLOT);
  readonly #lists = new Map<number, AddressBytes>();
  /** Most lists are one and the same: the gateway's own addresses, under the name of every off-line line. */
  #newestList: AddressBytes = NO_ADDRESS_BYTES;
  /** How many names lie below each: a name without records of its own still exists while one does (RFC 8020). */
  #namesBelow = new Uint32Array(LEAST_SLOTS);
  #size = 0;

  /** How many names have addresses. */
  get size(): number {
    return this.#size;
  }

  /** The addresses that answer a question for `type`; ANY gets those of one family (RFC 8482 §4.1). */
  find({ bytes, start, end }: KeyBytes, type: number): Lookup {
    const slot = this.#index.find(bytes, start, end);
    if (slot < 0) return 'no-name';
    if (type === TYPE.A) return this.#family(slot, true);
    if (type === TYPE.AAAA) return this.#family(slot, false);
    if (type !== TYPE.ANY) return 'no-data';
    const ipv4 = this.#family(slot, true);
    return ipv4 === 'no-data' ? this.#family(slot, false) : ipv4;
  }

  /** All addresses of a name; none when it is not there. Valid until the next change. */
  addressesOf({ bytes, start, end }: KeyBytes): AddressBytes {
    const slot = this.#index.find(bytes, start, end);
    return slot < 0 ? NO_ADDRESS_BYTES : addressesIn(this.#flags, this.#addresses, this.#lists, slot);
  }

  /** Gives a name its addresses, or takes it away when there are none. It waits for nothing any more. */
  set(key: KeyBytes, addresses: AddressBytes): void {
    if (isThere(addresses)) this.#put(key, addresses);
    else this.#remove(key);
  }

  /** Notes whether an update of the name waits; a name that is not there waits for nobody. */
  setQueued({ bytes, start, end }: KeyBytes, isQueued: boolean): void {
    const slot = this.#index.find(bytes, start, end);
    if (slot < 0 || !this.#has(slot, IS_NAME)) return;
    const others = (this.#flags[slot] ?? 0) & ~IS_QUEUED;
    this.#flags[slot] = isQueued ? others | IS_QUEUED : others;
  }

  /** The names and addresses of now, whatever is changed while they are read. */
  frozen(): Iterable<SnapshotLine> {
    const { bytes, places } = this.#index.keys();
    const flags = this.#flags.slice(0, places.length);
    const addresses = this.#addresses.slice(0, places.length * SLOT);
    const lists = new Map(this.#lists);
    return {
      *[Symbol.iterator]() {
        for (let slot = 0; slot < flags.length; slot++) {
          if (((flags[slot] ?? 0) & IS_NAME) === 0) continue;
          const keyStart = (places[slot] ?? 0) + 1;
          const keyEnd = keyStart + (bytes[keyStart - 1] ?? 0);
          yield { keys: bytes, keyStart, keyEnd, addresses: addressesIn(flags, addresses, lists, slot) };
        }
      },
    };
  }

  #family(slot: number, isIpv4: boolean): FamilyOfAddresses | 'no-data' {
    const flags = this.#flags[slot] ?? 0;
    if ((flags & HAS_LIST) !== 0) return this.#familyOfList(slot, isIpv4);
    if ((flags & (isIpv4 ? HAS_IPV4 : HAS_IPV6)) === 0) return 'no-data';
    const start = slot * SLOT + (isIpv4 ? 0 : IPV4);
    return { bytes: this.#addresses, start, count: 1, isIpv4, isQueued: (flags & IS_QUEUED) !== 0 };
  }

  #familyOfList(slot: number, isIpv4: boolean): FamilyOfAddresses | 'no-data' {
    const { bytes, start: first, ipv4Count, ipv6Count } = this.#lists.get(slot) ?? NO_ADDRESS_BYTES;
    const count = isIpv4 ? ipv4Count : ipv6Count;
    const start = isIpv4 ? first : first + ipv4Count * IPV4;
    return count === 0 ? 'no-data' : { bytes, start, count, isIpv4, isQueued: this.#has(slot, IS_QUEUED) };
  }

  #put(key: KeyBytes, addresses: AddressBytes): void {
    const slot = this.#slotOf(key);
    if (!this.#has(slot, IS_NAME)) {
      this.#size += 1;
      this.#countBelow(key, 1);
    } else if (this.#has(slot, HAS_LIST)) this.#lists.delete(slot);
    const { bytes, start, ipv4Count, ipv6Count } = addresses;
    if (ipv4Count > 1 || ipv6Count > 1) {
      this.#flags[slot] = IS_NAME | HAS_LIST;
      this.#lists.set(slot, this.#listOf(addresses));
      return;
    }
    this.#flags[slot] = IS_NAME | (ipv4Count > 0 ? HAS_IPV4 : 0) | (ipv6Count > 0 ? HAS_IPV6 : 0);
    const to = slot * SLOT;
    for (let n = 0; n < ipv4Count * IPV4; n++) this.#addresses[to + n] = bytes[start + n] ?? 0;
    const ipv6Start = start + ipv4Count * IPV4;
    for (let n = 0; n < ipv6Count * IPV6; n++) this.#addresses[to + IPV4 + n] = bytes[ipv6Start + n] ?? 0;
  }

  /** A copy of its own: the bytes that came may lie in a large diff that is forgotten soon. */
  #listOf(addresses: AddressBytes): AddressBytes {
    if (sameAddressBytes(addresses, this.#newestList)) return this.#newestList;
    const { bytes, start, ipv4Count, ipv6Count } = addresses;
    const copy = bytes.slice(start, start + ipv4Count * IPV4 + ipv6Count * IPV6);
    this.#newestList = { bytes: copy, start: 0, ipv4Count, ipv6Count };
    return this.#newestList;
  }

  #remove(key: KeyBytes): void {
    const slot = this.#index.find(key.bytes, key.start, key.end);
    if (slot < 0 || !this.#has(slot, IS_NAME)) return;
    this.#flags[slot] = 0;
    this.#lists.delete(slot);
    this.#size -= 1;
    this.#countBelow(key, -1);
    this.#freeIfUnused(slot);
  }

  /** Adds to the count of every name above the key. */
  #countBelow({ bytes, start, end }: KeyBytes, change: 1 | -1): void {
    for (let at = start + 1 + (bytes[start] ?? 0); at < end; at += 1 + (bytes[at] ?? 0)) {
      const slot = this.#slotOf({ bytes, start: at, end });
      this.#namesBelow[slot] = (this.#namesBelow[slot] ?? 0) + change;
      this.#freeIfUnused(slot);
    }
  }

  #has(slot: number, flag: number): boolean {
    return ((this.#flags[slot] ?? 0) & flag) !== 0;
  }

  #freeIfUnused(slot: number): void {
    if (this.#flags[slot] === 0 && this.#namesBelow[slot] === 0) this.#index.free(slot);
  }

  #slotOf({ bytes, start, end }: KeyBytes): number {
    const slot = this.#index.slotOf(bytes, start, end);
    if (slot >= this.#flags.length) this.#grow();
    return slot;
  }

  #grow(): void {
    const slots = this.#flags.length * 2;
    this.#flags = copied(this.#flags, new Uint8Array(slots));
    this.#addresses = copied(this.#addresses, new Uint8Array(slots * SLOT));
    this.#namesBelow = copied(this.#namesBelow, new Uint32Array(slots));
  }
}

function addressesIn(
  flags: Uint8Array,
  addresses: Uint8Array,
  lists: ReadonlyMap<number, AddressBytes>,
  slot: number,
): AddressBytes {
  const flag = flags[slot] ?? 0;
  if ((flag & HAS_LIST) !== 0) return lists.get(slot) ?? NO_ADDRESS_BYTES;
  const ipv4Count = (flag & HAS_IPV4) === 0 ? 0 : 1;
  const ipv6Count = (flag & HAS_IPV6) === 0 ? 0 : 1;
  return { bytes: addresses, start: slot * SLOT + (ipv4Count === 0 ? IPV4 : 0), ipv4Count, ipv6Count };
}

function copied<A extends Uint8Array | Uint32Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
