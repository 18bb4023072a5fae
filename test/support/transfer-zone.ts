import { AddressTable } from '../../gateway-server/zone/address-table.ts';
import type { Serial } from '../../gateway-server/zone/serial.ts';
import { parseRecordName, type RecordName } from '../../gateway-server/zone/static/record-name.ts';
import { ZoneHistory } from '../../gateway-server/zone/transfer/history.ts';
import type { ZoneHead, ZoneSnapshot } from '../../gateway-server/zone/transfer/zone-snapshot.ts';
import { labelBytes } from '../../gateway-server/zone/wire.ts';
import { addressBytes, DiffWriter, type ZoneDiff } from '../../gateway-server/zone/zone-diff.ts';
import type { ZoneRecord } from '../../gateway-server/zone/zone-record.ts';
import { parseAddress } from '../../protocol/address.ts';
import { type DomainName, parseDomainName } from '../../protocol/domain-name.ts';
import { type DecodedMessage, decodeDns, dnsQuery, u16, wireName } from './dns-message.ts';

/** Names relative to the zone and their addresses from now on; none takes the name away. */
export type Changes = Readonly<Record<string, readonly string[]>>;

export const TRANSFER_ZONE: DomainName = named(parseDomainName('mwebpages.test'));

/** A zone of names and addresses with its history, in place of the gateway's own. */
export class TransferZone {
  readonly history: ZoneHistory;
  serial: Serial;
  extra: readonly ZoneRecord[] = [];
  readonly #table = new AddressTable();

  constructor({ serial = 1, limits = { batches: 1000, bytes: 1 << 24 } } = {}) {
    this.serial = serial;
    this.history = new ZoneHistory(limits);
  }

  /** One batch under the next serial. */
  swap(changes: Changes): void {
    const from = this.serial;
    const diff = this.#diffOf(changes);
    this.serial = (from + 1) >>> 0;
    this.history.append({ from, to: this.serial, diff });
  }

  readonly head = (): ZoneHead => {
    const ttlSeconds = 30;
    return { serial: this.serial, ttlSeconds, own: this.#own(), size: this.#table.size };
  };

  readonly snapshot = (): ZoneSnapshot => {
    const lines = this.#table.frozen();
    return { ...this.head(), lines: () => lines };
  };

  #diffOf(changes: Changes): ZoneDiff {
    const writer = new DiffWriter();
    for (const [name, texts] of Object.entries(changes)) {
      const key = Buffer.from(labelBytes(name.split('.')), 'latin1');
      const place = { bytes: key, start: 0, end: key.length };
      const before = this.#table.addressesOf(place);
      const after = addressBytes(texts.map((text) => named(parseAddress(text))));
      writer.add(key, before, after);
      this.#table.set(place, after);
    }
    return writer.diff();
  }

  #own(): ZoneRecord[] {
    const name = TRANSFER_ZONE;
    const soa = {
      primary: named(parseDomainName('ns1.mwebpages.test')),
      admin: named(parseDomainName('hostmaster.mwebpages.test')),
      serial: this.serial,
      refreshSeconds: 60,
      retrySeconds: 15,
      expireSeconds: 604_800,
      minimumSeconds: 30,
    };
    return [
      { name, ttlSeconds: 30, type: 'SOA', soa },
      { name, ttlSeconds: 3600, type: 'NS', host: recordName('ns1.mwebpages.test') },
      {
        name: recordName('ns1.mwebpages.test'),
        ttlSeconds: 3600,
        type: 'AAAA',
        address: ipv6('2001:db8::53'),
      },
      ...this.extra,
    ];
  }
}

export function recordName(text: string): RecordName {
  return named(parseRecordName(text));
}

function ipv6(text: string) {
  const address = parseAddress(text);
  if (!address?.includes(':')) throw new Error(`${text} is no IPv6 address`);
  return address as Extract<ZoneRecord, { type: 'AAAA' }>['address'];
}

function named<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a test names what does not exist');
  return value;
}

/** An IXFR question whose client has `serial`. */
export function ixfrQuestion(serial: Serial, name = 'mwebpages.test'): Buffer {
  const question = dnsQuery({ name, type: 251 });
  question.writeUInt16BE(1, 8);
  return Buffer.concat([question, u16(0xc00c), soaBehindOwner(serial)]);
}

/** Type, class, TTL, length and data of a SOA, as clients send it. */
export function soaBehindOwner(serial: Serial): Buffer {
  const numbers = Buffer.alloc(20);
  numbers.writeUInt32BE(serial);
  const rdata = Buffer.concat([wireName('ns1.mwebpages.test'), wireName('.'), numbers]);
  return Buffer.concat([u16(6, 1, 0, 0, rdata.length), rdata]);
}

/** The records of a whole answer as text, in order. */
export function recordsIn(messages: Iterable<Buffer>): string[] {
  return [...messages].flatMap((message) => recordTexts(decodeDns(message)));
}

export function recordTexts({ answers }: DecodedMessage): string[] {
  return answers.map(({ name, ttl, type, rdata }) => `${name} ${ttl} ${type} ${rdata}`);
}

/** What a backup holds that had `held` before it read a transfer's records; throws where the records are no transfer. */
export function replicaAfter(held: ReadonlySet<string>, records: readonly string[]): Set<string> {
  const [first = '', second = '', ...rest] = records;
  if (records.length === 1) return new Set(held);
  if (records.at(-1) !== first) throw new Error('the transfer does not end with its first record');
  if (!isSoa(second)) return new Set(records);
  const replica = new Set(held);
  let isDeleting = false;
  for (const record of [second, ...rest.slice(0, -1)]) {
    if (isSoa(record)) isDeleting = !isDeleting;
    if (replica.has(record) !== isDeleting) throw new Error(`${record} cannot be ${isDeleting}`);
    if (isDeleting) replica.delete(record);
    else replica.add(record);
  }
  return replica;
}

function isSoa(record: string): boolean {
  return record.split(' ')[2] === '6';
}
