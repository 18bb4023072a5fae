import { type DomainName, labelsOf } from '../../../protocol/domain-name.ts';
import type { Asked } from '../query.ts';
import { type ReplyFlags, replyBytes, replyWith } from '../reply.ts';
import { keyIn } from '../static/record-name.ts';
import { CLASS_IN, HEADER_BYTES, LARGEST_TCP, labelBytes, RCODE, TYPE } from '../wire.ts';
import { rdataOf, typeNumber, type ZoneRecord } from '../zone-record.ts';
import type { SnapshotLine } from './zone-snapshot.ts';

/** A record is larger than any message. */
export class OversizedRecord extends Error {
  override readonly name = 'OversizedRecord';
}

const FLAGS: ReplyFlags = { rcode: RCODE.noError, isAuthoritative: true, isTruncated: false };
/** More than any TSIG record takes: two names and a MAC of 64 bytes. */
const SIGNATURE_ROOM = 1024;
const LARGEST_MESSAGE = LARGEST_TCP - SIGNATURE_ROOM;
const NOWHERE = -1;
const POINTER = 0xc000;
/** A pointer has 14 bits (RFC 1035 §4.1.4). */
const POINTERS_REACH = 0x4000;
const POINTER_BYTES = 2;
/** Type, class, TTL and length of a record, before its data. */
const FIXED_BYTES = 10;
const IPV4 = 4;
const IPV6 = 16;
const NO_BYTES = new Uint8Array();

/**
 * Packs records into the messages of one transfer, in a time that grows with their number alone: the only names that it
 * points to are the zone's and the one of the record before.
 */
export class MessageWriter {
  readonly #zone: DomainName;
  /** As it stands in a message. */
  readonly #zoneName: Buffer;
  readonly #mostBytes: number;
  /** The message in the making; places in it are those of the finished message. */
  readonly #bytes = Buffer.allocUnsafe(LARGEST_TCP);
  readonly #full: Buffer[] = [];
  /** What the message in the making repeats of the question: the first one all of it, the others no more than the id (RFC 5936 §2.2). */
  #asked: Asked;
  #end: number;
  #count = 0;
  #records = 0;
  #messages = 0;
  #isComplete = false;
  /** The key of the owner of the records that are written, and where that name and the zone's stand in the message. */
  #key: Uint8Array = NO_BYTES;
  #keyStart = 0;
  #keyEnd = 0;
  #ownerAt = NOWHERE;
  #zoneAt = NOWHERE;

  constructor(asked: Asked, zone: DomainName, mostBytes: number) {
    this.#zone = zone;
    this.#zoneName = Buffer.from(`${labelBytes(labelsOf(zone))}\0`, 'latin1');
    this.#mostBytes = Math.min(mostBytes, LARGEST_MESSAGE);
    this.#asked = asked;
    this.#end = asked.questionEnd;
    // the client's spelling of the zone must not become the zone's (RFC 5936 §3.4)
    const isSpeltAlike = asked.message.subarray(HEADER_BYTES, asked.questionEnd - 4).equals(this.#zoneName);
    if (isSpeltAlike) this.#zoneAt = HEADER_BYTES;
  }

  /** How many records were written. */
  get records(): number {
    return this.#records;
  }

  get messages(): number {
    return this.#messages;
  }

  /** True once the last message was taken. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  addRecord(record: ZoneRecord): void {
    const key = Buffer.from(keyIn(record.name, this.#zone) ?? '', 'latin1');
    this.#setOwner(key, 0, key.length);
    const rdata = rdataOf(record);
    this.#begin(typeNumber(record), record.ttlSeconds, rdata.length);
    this.#copy(rdata, 0, rdata.length);
  }

  addLine({ keys, keyStart, keyEnd, addresses }: SnapshotLine, ttlSeconds: number): void {
    const { bytes, start, ipv4Count, ipv6Count } = addresses;
    this.#setOwner(keys, keyStart, keyEnd);
    for (let n = 0; n < ipv4Count; n++) {
      this.#begin(TYPE.A, ttlSeconds, IPV4);
      this.#copy(bytes, start + n * IPV4, IPV4);
    }
    for (let n = 0; n < ipv6Count; n++) {
      this.#begin(TYPE.AAAA, ttlSeconds, IPV6);
      this.#copy(bytes, start + ipv4Count * IPV4 + n * IPV6, IPV6);
    }
  }

  get hasFull(): boolean {
    return this.#full.length > 0;
  }

  /** The next message that is full, if there is one. */
  takeFull(): Buffer | undefined {
    return this.#full.shift();
  }

  /** The last message. */
  takeRest(): Buffer {
    this.#isComplete = true;
    return this.#message();
  }

  /** Makes a message of what was written, and begins the next one. */
  #message(): Buffer {
    const asked = this.#asked;
    const { questionEnd: start } = asked;
    const records = {
      name: 'answer',
      count: this.#count,
      bytes: this.#bytes,
      start,
      end: this.#end,
    } as const;
    this.#asked = { ...asked, questionEnd: HEADER_BYTES, edns: null };
    this.#end = HEADER_BYTES;
    this.#count = 0;
    this.#messages += 1;
    this.#ownerAt = NOWHERE;
    this.#zoneAt = NOWHERE;
    return replyWith(asked, FLAGS, records);
  }

  #setOwner(key: Uint8Array, start: number, end: number): void {
    this.#key = key;
    this.#keyStart = start;
    this.#keyEnd = end;
    this.#ownerAt = NOWHERE;
  }

  /** Writes a record up to its data, in a new message where the old one has no room for it. */
  #begin(type: number, ttlSeconds: number, rdataBytes: number): void {
    this.#makeRoom(FIXED_BYTES + rdataBytes);
    this.#writeOwner();
    const bytes = this.#bytes;
    const at = this.#end;
    bytes.writeUInt16BE(type, at);
    bytes.writeUInt16BE(CLASS_IN, at + 2);
    bytes.writeUInt32BE(ttlSeconds, at + 4);
    bytes.writeUInt16BE(rdataBytes, at + 8);
    this.#end = at + FIXED_BYTES;
    this.#count += 1;
    this.#records += 1;
  }

  #makeRoom(behindOwner: number): void {
    if (this.#count > 0 && this.#bytesWith(behindOwner) > this.#mostBytes) this.#full.push(this.#message());
    // a record that is longer than messages should be has one of its own
    if (this.#bytesWith(behindOwner) > LARGEST_MESSAGE)
      throw new OversizedRecord(`a record of ${behindOwner} bytes is longer than a message`);
  }

  /** How long the message becomes with one more record. */
  #bytesWith(behindOwner: number): number {
    return replyBytes(this.#asked, this.#end - this.#asked.questionEnd) + this.#ownerBytes() + behindOwner;
  }

  #ownerBytes(): number {
    if (this.#ownerAt !== NOWHERE) return POINTER_BYTES;
    return this.#keyEnd - this.#keyStart + (this.#zoneAt === NOWHERE ? this.#zoneName.length : POINTER_BYTES);
  }

  #writeOwner(): void {
    if (this.#ownerAt !== NOWHERE) {
      this.#writePointer(this.#ownerAt);
      return;
    }
    if (this.#end < POINTERS_REACH) this.#ownerAt = this.#end;
    this.#copy(this.#key, this.#keyStart, this.#keyEnd - this.#keyStart);
    if (this.#zoneAt !== NOWHERE) {
      this.#writePointer(this.#zoneAt);
      return;
    }
    this.#zoneAt = this.#end;
    this.#copy(this.#zoneName, 0, this.#zoneName.length);
  }

  #writePointer(to: number): void {
    this.#bytes.writeUInt16BE(POINTER | to, this.#end);
    this.#end += POINTER_BYTES;
  }

  #copy(from: Uint8Array, start: number, length: number): void {
    const bytes = this.#bytes;
    const at = this.#end;
    for (let n = 0; n < length; n++) bytes[at + n] = from[start + n] ?? 0;
    this.#end = at + length;
  }
}
