import { type DomainName, isBelow, labelsOf } from '../../protocol/domain-name.ts';
import { AddressTable, type FamilyOfAddresses } from './address-table.ts';
import { fingerprintChange } from './fingerprint.ts';
import { NegativeAnswer } from './negative-answer.ts';
import type { Query } from './query.ts';
import type { Section } from './reply.ts';
import type { Serial } from './serial.ts';
import { digestOf } from './static/own-digest.ts';
import { type OwnLook, OwnRecords } from './static/own-records.ts';
import type { ZoneHead, ZoneSnapshot } from './transfer/zone-snapshot.ts';
import { HEADER_BYTES, keyBelow, LONGEST_NAME, labelBytes, labelsOfBytes } from './wire.ts';
import { addressesOf, entriesOf, isThere, type ZoneDiff } from './zone-diff.ts';
import { type HeldName, type NameChange, ZoneDraft } from './zone-draft.ts';
import { nameserversWithoutAddress, soaOf, ZoneError, type ZoneIdentity } from './zone-identity.ts';
import { addressRecord, recordText, type ZoneRecord } from './zone-record.ts';

/** What the zone says to a question. */
export type Found =
  | { readonly kind: 'outside' }
  | { readonly kind: 'no-name' | 'no-data'; readonly authority: Section }
  /** A subscriber's name: ready to be sent. */
  | { readonly kind: 'line'; readonly addresses: FamilyOfAddresses; readonly ttlSeconds: number }
  /** One of the zone's own names, or a name that others are asked for: to be encoded. */
  | { readonly kind: 'own'; readonly look: FoundOwn };

/** Own records that answer a question. */
export type FoundOwn = Exclude<OwnLook, { readonly kind: 'no-data' }>;

/** A record as `zone print` shows it. */
export interface PrintedRecord {
  readonly name: ZoneRecord['name'];
  readonly type: string;
  readonly ttl: number;
  readonly text: string;
}

const OUTSIDE: Found = { kind: 'outside' };
const CAPITAL_A = 0x41;
const CAPITAL_Z = 0x5a;
const DOT = 0x2e;

/** Figure 5, block 526: the table of names and addresses that answers the world, always as of one serial. */
export class Zone {
  readonly name: DomainName;
  /** The zone's name as it ends a question, lower case, and with the root's byte. */
  readonly #suffix: Uint8Array;
  readonly #names = new AddressTable();
  /** The name that is being looked for, in lower case. */
  readonly #asked = new Uint8Array(LONGEST_NAME + 1);
  readonly #key = new Uint8Array(LONGEST_NAME + 1);
  #identity: ZoneIdentity;
  #serial: Serial;
  #own: OwnRecords;
  #negative: NegativeAnswer;
  #ownDigest: string | undefined;
  /** Of all lines' names. */
  #sum = 0;
  /** Own records that will take the place of the present ones: no line may get their names meanwhile. */
  #coming: { readonly identity: ZoneIdentity; readonly own: OwnRecords } | null = null;
  #onQueued: (name: DomainName, isQueued: boolean) => void = () => undefined;
  #queuedTtlSeconds: () => number = () => Number.POSITIVE_INFINITY;

  constructor(identity: ZoneIdentity, serial: Serial) {
    const [nowhere] = nameserversWithoutAddress(identity);
    if (nowhere) throw new ZoneError(`name server ${nowhere} lies in the zone and has no address`);
    this.name = identity.name;
    this.#suffix = Buffer.from(`${labelBytes(labelsOf(identity.name))}\0`, 'latin1');
    this.#identity = identity;
    this.#serial = serial;
    this.#own = new OwnRecords(identity, serial);
    this.#negative = negativeAnswerOf(identity, serial);
  }

  get serial(): Serial {
    return this.#serial;
  }

  get identity(): ZoneIdentity {
    return this.#identity;
  }

  /** Tells what the zone says from what another one says, by whatever serial. */
  get fingerprint(): string {
    return fingerprintOf(this.#digest(), this.#sum);
  }

  /** The fingerprint once a diff is in the zone. */
  fingerprintAfter(diff: ZoneDiff): string {
    return fingerprintOf(this.#digest(), this.#sum + fingerprintChange(diff));
  }

  /** The fingerprint with other records of the provider's own. */
  fingerprintWith(identity: ZoneIdentity): string {
    return fingerprintOf(digestOf(identity), this.#sum);
  }

  /** How many names lead to lines or to the gateway in their place. */
  get size(): number {
    return this.#names.size;
  }

  /** False for names outside the zone, for those that are the provider's own, and for those that others are asked for. */
  canHold(name: DomainName): boolean {
    const key = keyBelow(name, this.name);
    if (key === undefined || key === '') return false;
    return !this.#own.takes(key) && this.#coming?.own.takes(key) !== true;
  }

  /** A line's name as the table knows it, with its present addresses; undefined when it has no place here. Valid until the next call. */
  held(name: DomainName): HeldName | undefined {
    if (!isBelow(name, this.name)) return undefined;
    const key = this.#keyOf(name);
    const addresses = this.#names.addressesOf({ bytes: key, start: 0, end: key.length });
    return isThere(addresses) || this.canHold(name) ? { key, addresses } : undefined;
  }

  draft(): ZoneDraft {
    return new ZoneDraft(this);
  }

  /** Takes over a whole batch and its serial in one step: no question falls between two of its changes. */
  swap(diff: ZoneDiff, serial: Serial): void {
    for (const { keyStart, keyEnd, after } of entriesOf(diff))
      this.#names.set({ bytes: diff, start: keyStart, end: keyEnd }, after);
    this.#sum = (this.#sum + fingerprintChange(diff)) | 0;
    this.#setSerial(serial);
  }

  /** Draft and swap at once, for what is there before anybody asks. Throws ZoneError for a name that has no place here. */
  apply(changes: Iterable<NameChange>, serial: Serial): void {
    const draft = this.draft();
    for (const change of changes)
      if (!draft.add(change)) throw new ZoneError(`${change.name} has no place among the lines' names`);
    this.swap(draft.diff(), serial);
  }

  /** Keeps the names of own records free that will come; null when none will. */
  expectOwn(identity: ZoneIdentity | null): void {
    this.#coming = identity && { identity, own: new OwnRecords(identity, this.#serial) };
  }

  /** Takes over other records of the provider's own. */
  replaceOwn(identity: ZoneIdentity, serial: Serial): void {
    if (this.#coming?.identity === identity) this.#coming = null;
    this.#identity = identity;
    this.#ownDigest = undefined;
    this.#own = new OwnRecords(identity, serial);
    this.#setSerial(serial);
  }

  /** How long an answer may be kept of a name whose update waits: no longer than until its batch. */
  shortenQueued(secondsToBatch: () => number): void {
    this.#queuedTtlSeconds = secondsToBatch;
  }

  /** From now on `listener` hears of every name whose update waits, or waits no more. */
  onQueued(listener: (name: DomainName, isQueued: boolean) => void): void {
    this.#onQueued = listener;
  }

  /** Notes that an update of the name waits, or waits no more. */
  setQueued(name: DomainName, isQueued: boolean): void {
    if (!isBelow(name, this.name)) return;
    this.#onQueued(name, isQueued);
    const key = this.#keyOf(name);
    this.#names.setQueued({ bytes: key, start: 0, end: key.length }, isQueued);
  }

  /** What the zone says to a well-formed question; the result is valid until the next change. */
  find({ message, questionEnd, type }: Query): Found {
    const end = this.#readName(message, questionEnd - 4);
    const cut = this.#cutOf(end);
    if (cut < 0) return OUTSIDE;
    const found = this.#names.find({ bytes: this.#asked, start: 0, end: cut }, type);
    if (typeof found !== 'string')
      return { kind: 'line', addresses: found, ttlSeconds: this.#ttlOf(found.isQueued) };
    const look = this.#own.look(latin1(this.#asked, cut), type);
    if (look && look.kind !== 'no-data') return { kind: 'own', look };
    return { kind: look ? 'no-data' : found, authority: this.#negative.behind(HEADER_BYTES + cut) };
  }

  /** Everything as of now; later batches do not change it. */
  snapshot(): ZoneSnapshot {
    const lines = this.#names.frozen();
    return { ...this.head(), lines: () => lines };
  }

  /** The snapshot without the lines' names, which costs nothing. */
  head(): ZoneHead {
    return {
      serial: this.#serial,
      ttlSeconds: this.#identity.ttlSeconds,
      own: this.#own.all(),
      size: this.#names.size,
    };
  }

  /** Every record as of the present serial, the SOA first, the lines' names in order. */
  records(): readonly PrintedRecord[] {
    const { ttlSeconds } = this.#identity;
    const lines = [...this.#names.frozen()]
      .map(({ keys, keyStart, keyEnd, addresses }) => ({
        name: this.#nameOf(latin1(keys.subarray(keyStart), keyEnd - keyStart)),
        addresses: addressesOf(addresses),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap(({ name, addresses }) => addresses.map((one) => addressRecord(name, ttlSeconds, one)));
    return [...this.#own.all(), ...lines].map(printed);
  }

  /** Tells these own records from others. */
  #digest(): string {
    const digest = this.#ownDigest ?? digestOf(this.#identity);
    this.#ownDigest = digest;
    return digest;
  }

  #setSerial(serial: Serial): void {
    this.#serial = serial;
    this.#own = this.#own.withSerial(serial);
    this.#negative = negativeAnswerOf(this.#identity, serial);
  }

  #ttlOf(isQueued: boolean): number {
    const { ttlSeconds } = this.#identity;
    return isQueued ? Math.min(ttlSeconds, this.#queuedTtlSeconds()) : ttlSeconds;
  }

  /** Copies the question's name in lower case; length bytes are never mistaken for letters, as they are below 64. */
  #readName(message: Buffer, end: number): number {
    for (let at = HEADER_BYTES; at < end; at++) {
      const byte = message[at] ?? 0;
      this.#asked[at - HEADER_BYTES] = byte >= CAPITAL_A && byte <= CAPITAL_Z ? byte | 0x20 : byte;
    }
    return end - HEADER_BYTES;
  }

  /** Where the zone's name begins in the name that was read, -1 for a name outside: a label must begin there. */
  #cutOf(end: number): number {
    const suffix = this.#suffix;
    const cut = end - suffix.length;
    let label = 0;
    while (label < cut) label += 1 + (this.#asked[label] ?? 0);
    if (label !== cut) return -1;
    for (let n = 0; n < suffix.length; n++) if (this.#asked[cut + n] !== suffix[n]) return -1;
    return cut;
  }

  /** The bytes of a name below the zone without the zone's labels. */
  #keyOf(name: DomainName): Uint8Array {
    const key = this.#key;
    const end = name.length - this.name.length - 1;
    let label = 0;
    for (let at = 0; at < end; at++) {
      const code = name.charCodeAt(at);
      key[at + 1] = code;
      if (code !== DOT) continue;
      key[label] = at - label;
      label = at + 1;
    }
    key[label] = end - label;
    return key.subarray(0, end + 1);
  }

  /** Every key was made of a DomainName in this zone. */
  #nameOf(key: string): DomainName {
    return [...labelsOfBytes(key), this.name].join('.') as DomainName;
  }
}

function fingerprintOf(own: string, sum: number): string {
  return `${own} ${sum >>> 0}`;
}

function negativeAnswerOf(identity: ZoneIdentity, serial: Serial): NegativeAnswer {
  return new NegativeAnswer(identity.name, soaOf(identity, serial), identity.ttlSeconds);
}

function latin1(bytes: Uint8Array, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, end).toString('latin1');
}

function printed(record: ZoneRecord): PrintedRecord {
  return {
    name: record.name,
    type: record.type,
    ttl: record.ttlSeconds,
    text: recordText(record),
  };
}
