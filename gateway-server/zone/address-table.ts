import { type Address, addressOfBytes, bytesOf, isIpv4 } from '../../protocol/address.ts';
import { CLASS_IN, HEADER_BYTES, TYPE } from './wire.ts';

/** Answer records of one type, ready to be copied behind a question. */
export interface CompiledRecords {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly count: number;
}

export type Lookup = CompiledRecords | 'no-data' | 'no-name';

/** Lists of more than one address of a family, which have no room in a slot. */
interface LongLists {
  readonly addresses: readonly Address[];
  readonly ipv4: CompiledRecords | 'no-data';
  readonly ipv6: CompiledRecords | 'no-data';
}

const IPV4_RECORD = 16;
const IPV6_RECORD = 28;
const SLOT = IPV4_RECORD + IPV6_RECORD;
const RDATA_AT = 12;

const IS_NAME = 1;
const HAS_IPV4 = 2;
const HAS_IPV6 = 4;
const HAS_LISTS = 8;

/** The subscribers' names with their compiled A and AAAA records: a few typed arrays, so that a million names stay small. */
export class AddressTable {
  readonly #ttlSeconds: number;
  readonly #slots = new Map<string, number>();
  readonly #freeSlots: number[] = [];
  readonly #lists = new Map<number, LongLists>();
  /** Most long lists are one and the same: the gateway's own addresses, under the name of every off-line line. */
  #newestLists: LongLists = { addresses: [], ipv4: 'no-data', ipv6: 'no-data' };
  #records = new Uint8Array(SLOT * 64);
  #flags = new Uint8Array(64);
  /** How many names lie below each: a name without records of its own still exists while one does (RFC 8020). */
  #namesBelow = new Uint32Array(64);

  constructor(ttlSeconds: number) {
    this.#ttlSeconds = ttlSeconds;
  }

  /** The compiled records of a type; ANY gives one set of them (RFC 8482 §4.1). */
  find(key: string, type: number): Lookup {
    const slot = this.#slots.get(key);
    if (slot === undefined) return 'no-name';
    if (type === TYPE.ANY) {
      const first = this.#recordsAt(slot, TYPE.A);
      return first === 'no-data' ? this.#recordsAt(slot, TYPE.AAAA) : first;
    }
    return this.#recordsAt(slot, type);
  }

  set(key: string, addresses: readonly Address[]): void {
    const slot = this.#slotOf(key);
    if (!this.#has(slot, IS_NAME)) this.#countBelow(key, 1);
    this.#flags[slot] = IS_NAME;
    this.#lists.delete(slot);
    const ipv4Count = addresses.filter((address) => isIpv4(address)).length;
    if (ipv4Count > 1 || addresses.length - ipv4Count > 1) this.#setLists(slot, addresses);
    else this.#setSingle(slot, addresses);
  }

  remove(key: string): void {
    const slot = this.#slots.get(key);
    if (slot === undefined || !this.#has(slot, IS_NAME)) return;
    this.#flags[slot] = 0;
    this.#lists.delete(slot);
    this.#countBelow(key, -1);
    this.#freeIfUnused(key, slot);
  }

  /** Every name and its addresses. */
  *entries(): Iterable<readonly [string, readonly Address[]]> {
    for (const [key, slot] of this.#slots) if (this.#has(slot, IS_NAME)) yield [key, this.#addressesAt(slot)];
  }

  #recordsAt(slot: number, type: number): CompiledRecords | 'no-data' {
    const lists = this.#has(slot, HAS_LISTS) ? this.#lists.get(slot) : undefined;
    const start = slot * SLOT;
    if (type === TYPE.A) {
      if (lists) return lists.ipv4;
      return this.#has(slot, HAS_IPV4) ? this.#single(start, IPV4_RECORD) : 'no-data';
    }
    if (type !== TYPE.AAAA) return 'no-data';
    if (lists) return lists.ipv6;
    return this.#has(slot, HAS_IPV6) ? this.#single(start + IPV4_RECORD, IPV6_RECORD) : 'no-data';
  }

  #single(start: number, length: number): CompiledRecords {
    return { bytes: this.#records, start, end: start + length, count: 1 };
  }

  #addressesAt(slot: number): readonly Address[] {
    const lists = this.#lists.get(slot);
    if (lists) return lists.addresses;
    return [this.#recordsAt(slot, TYPE.A), this.#recordsAt(slot, TYPE.AAAA)]
      .filter((records) => records !== 'no-data')
      .map(({ bytes, start, end }) => addressOfBytes(bytes.subarray(start + RDATA_AT, end)))
      .filter((address) => address !== undefined);
  }

  #setSingle(slot: number, addresses: readonly Address[]): void {
    for (const address of addresses) {
      const offset = slot * SLOT + (isIpv4(address) ? 0 : IPV4_RECORD);
      this.#flags[slot] = (this.#flags[slot] ?? 0) | (isIpv4(address) ? HAS_IPV4 : HAS_IPV6);
      compile(address, this.#ttlSeconds, this.#records, offset);
    }
  }

  #setLists(slot: number, addresses: readonly Address[]): void {
    if (this.#newestLists.addresses !== addresses)
      this.#newestLists = {
        addresses,
        ipv4: this.#compiledList(addresses.filter((address) => isIpv4(address))),
        ipv6: this.#compiledList(addresses.filter((address) => !isIpv4(address))),
      };
    this.#flags[slot] = IS_NAME | HAS_LISTS;
    this.#lists.set(slot, this.#newestLists);
  }

  #compiledList(addresses: readonly Address[]): CompiledRecords | 'no-data' {
    if (addresses.length === 0) return 'no-data';
    const length = addresses.every((address) => isIpv4(address)) ? IPV4_RECORD : IPV6_RECORD;
    const bytes = new Uint8Array(addresses.length * length);
    addresses.forEach((address, index) => {
      compile(address, this.#ttlSeconds, bytes, index * length);
    });
    return { bytes, start: 0, end: bytes.length, count: addresses.length };
  }

  /** Adds to the count of every name above `key`. */
  #countBelow(key: string, change: 1 | -1): void {
    for (let above = parentKey(key); above !== ''; above = parentKey(above)) {
      const slot = this.#slotOf(above);
      this.#namesBelow[slot] = (this.#namesBelow[slot] ?? 0) + change;
      this.#freeIfUnused(above, slot);
    }
  }

  #has(slot: number, flag: number): boolean {
    return ((this.#flags[slot] ?? 0) & flag) !== 0;
  }

  #freeIfUnused(key: string, slot: number): void {
    if (this.#flags[slot] !== 0 || this.#namesBelow[slot] !== 0) return;
    this.#slots.delete(key);
    this.#freeSlots.push(slot);
  }

  #slotOf(key: string): number {
    const known = this.#slots.get(key);
    if (known !== undefined) return known;
    const slot = this.#freeSlots.pop() ?? this.#slots.size;
    if (slot >= this.#flags.length) this.#grow();
    this.#slots.set(key, slot);
    return slot;
  }

  #grow(): void {
    const slots = this.#flags.length * 2;
    this.#records = enlarged(this.#records, new Uint8Array(slots * SLOT));
    this.#flags = enlarged(this.#flags, new Uint8Array(slots));
    this.#namesBelow = enlarged(this.#namesBelow, new Uint32Array(slots));
  }
}

function parentKey(key: string): string {
  return key.slice(1 + key.charCodeAt(0));
}

function enlarged<A extends Uint8Array | Uint32Array>(from: A, to: A): A {
  to.set(from);
  return to;
}

/** Writes a record whose owner is a pointer to the question (RFC 1035 §4.1.4), so that it fits behind every spelling of its name. */
function compile(address: Address, ttlSeconds: number, into: Uint8Array, at: number): void {
  const rdata = bytesOf(address);
  into[at] = 0xc0;
  into[at + 1] = HEADER_BYTES;
  into[at + 3] = isIpv4(address) ? TYPE.A : TYPE.AAAA;
  into[at + 5] = CLASS_IN;
  into[at + 6] = ttlSeconds >>> 24;
  into[at + 7] = ttlSeconds >>> 16;
  into[at + 8] = ttlSeconds >>> 8;
  into[at + 9] = ttlSeconds;
  into[at + 11] = rdata.length;
  into.set(rdata, at + RDATA_AT);
}
