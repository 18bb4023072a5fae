import type { Address } from '../../protocol/address.ts';
import { type DomainName, labelsOf } from '../../protocol/domain-name.ts';
import { AddressTable, type CompiledRecords } from './address-table.ts';
import { NegativeAnswer } from './negative-answer.ts';
import { OwnRecords, recordsOfType } from './own-records.ts';
import type { Query } from './query.ts';
import type { Section } from './reply.ts';
import type { Serial } from './serial.ts';
import { HEADER_BYTES, keyBelow, labelBytes, labelsOfBytes } from './wire.ts';
import { nameserversWithoutAddress, soaOf, ZoneError, type ZoneIdentity } from './zone-identity.ts';
import { addressRecord, recordText, type ZoneRecord } from './zone-record.ts';

/** Where a name leads from now on; null takes the name out of the zone. */
export interface NameChange {
  readonly name: DomainName;
  readonly addresses: readonly Address[] | null;
}

/** What the zone says to a question. */
export type Found =
  | { readonly kind: 'outside' }
  | { readonly kind: 'no-name' | 'no-data'; readonly authority: Section }
  /** A subscriber's name: ready to be sent. */
  | { readonly kind: 'compiled'; readonly records: CompiledRecords }
  /** One of the zone's own names: to be encoded. */
  | {
      readonly kind: 'own';
      readonly name: DomainName;
      readonly answers: readonly ZoneRecord[];
      readonly additional: readonly ZoneRecord[];
    };

/** A record as `zone print` shows it. */
export interface PrintedRecord {
  readonly name: DomainName;
  readonly type: ZoneRecord['type'];
  readonly ttl: number;
  readonly text: string;
}

const OUTSIDE: Found = { kind: 'outside' };

/** Figure 5, block 526: the table of names and addresses that answers the world, always as of one serial. */
export class Zone {
  readonly #identity: ZoneIdentity;
  /** The zone's name as it ends a question, lower case. */
  readonly #suffix: string;
  readonly #names: AddressTable;
  #serial: Serial;
  #own: OwnRecords;
  #negative: NegativeAnswer;

  constructor(identity: ZoneIdentity, serial: Serial) {
    const [nowhere] = nameserversWithoutAddress(identity);
    if (nowhere) throw new ZoneError(`name server ${nowhere} lies in the zone and has no address`);
    this.#identity = identity;
    this.#suffix = `${labelBytes(labelsOf(identity.name))}\0`;
    this.#names = new AddressTable(identity.ttlSeconds);
    this.#serial = serial;
    this.#own = new OwnRecords(identity, serial);
    this.#negative = negativeAnswerOf(identity, serial);
  }

  get serial(): Serial {
    return this.#serial;
  }

  /** False for names outside the zone and for those that the settings give to the gateway itself. */
  canHold(name: DomainName): boolean {
    const key = keyBelow(name, this.#identity.name);
    return key !== undefined && this.#own.find(key) === undefined;
  }

  /** Takes over a whole batch and its serial in one step: no question falls between two of its changes. */
  apply(changes: readonly NameChange[], serial: Serial): void {
    const keys = changes.map(({ name }) => this.#keyOf(name));
    const own = new OwnRecords(this.#identity, serial);
    const negative = negativeAnswerOf(this.#identity, serial);
    changes.forEach(({ addresses }, index) => {
      this.#change(keys[index] ?? '', addresses);
    });
    this.#serial = serial;
    this.#own = own;
    this.#negative = negative;
  }

  /** What the zone says to a well-formed question; the result is valid until the next change. */
  find(query: Query): Found {
    const name = query.message.toString('latin1', HEADER_BYTES, query.questionEnd - 4).toLowerCase();
    const cut = name.length - this.#suffix.length;
    if (!name.endsWith(this.#suffix) || !startsLabel(name, cut)) return OUTSIDE;
    const key = name.slice(0, cut);
    const own = this.#own.find(key);
    if (own?.length) return this.#foundOwn(own, query.type, cut);
    const found = this.#names.find(key, query.type);
    if (typeof found !== 'string') return { kind: 'compiled', records: found };
    const kind = own ? 'no-data' : found;
    return { kind, authority: this.#negative.behind(HEADER_BYTES + cut) };
  }

  /** Every record as of the present serial, the SOA first, the lines' names in order. */
  records(): readonly PrintedRecord[] {
    const lines = [...this.#names.entries()]
      .map(([key, addresses]) => ({ name: this.#nameOf(key), addresses }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap(({ name, addresses }) =>
        addresses.map((address) => addressRecord(name, this.#identity.ttlSeconds, address)),
      );
    return [...this.#own.all(), ...lines].map((record) => ({
      name: record.name,
      type: record.type,
      ttl: record.ttlSeconds,
      text: recordText(record),
    }));
  }

  #keyOf(name: DomainName): string {
    const key = keyBelow(name, this.#identity.name);
    if (key === undefined || this.#own.find(key))
      throw new ZoneError(`${name} has no place among the lines' names`);
    return key;
  }

  #change(key: string, addresses: readonly Address[] | null): void {
    if (addresses) this.#names.set(key, addresses);
    else this.#names.remove(key);
  }

  #foundOwn(records: readonly ZoneRecord[], type: number, cut: number): Found {
    const answers = recordsOfType(records, type);
    const [first] = answers;
    if (!first) return { kind: 'no-data', authority: this.#negative.behind(HEADER_BYTES + cut) };
    return { kind: 'own', name: first.name, answers, additional: this.#addressesFor(answers) };
  }

  /** The addresses of the name servers that an answer names, as far as they lie in the zone (RFC 1035 §3.3.11). */
  #addressesFor(answers: readonly ZoneRecord[]): ZoneRecord[] {
    return answers
      .filter((record) => record.type === 'NS')
      .map(({ host }) => keyBelow(host, this.#identity.name))
      .flatMap((key) => (key === undefined ? [] : (this.#own.find(key) ?? [])))
      .filter((record) => record.type === 'A' || record.type === 'AAAA');
  }

  /** Every key was made of a DomainName in this zone. */
  #nameOf(key: string): DomainName {
    return [...labelsOfBytes(key), this.#identity.name].join('.') as DomainName;
  }
}

function negativeAnswerOf(identity: ZoneIdentity, serial: Serial): NegativeAnswer {
  return new NegativeAnswer(identity.name, soaOf(identity, serial), identity.ttlSeconds);
}

/** Tells whether a label starts at `cut`: the bytes of the zone's name may also stand inside a longer label. */
function startsLabel(name: string, cut: number): boolean {
  let at = 0;
  while (at < cut) at += 1 + name.charCodeAt(at);
  return at === cut;
}
