import { type Address, bytesOf, type Ipv4, type Ipv6, isIpv4 } from '../../protocol/address.ts';
import type { Serial } from './serial.ts';
import { nameBytes, nameText, type RecordName, type Target } from './static/record-name.ts';
import { charString, hexText, quotedText } from './static/record-text.ts';

/** RFC 1035 §3.3.13. */
export interface Soa {
  readonly primary: RecordName;
  /** The mailbox, its "@" written as a dot. */
  readonly admin: RecordName;
  readonly serial: Serial;
  readonly refreshSeconds: number;
  readonly retrySeconds: number;
  readonly expireSeconds: number;
  /** How long a resolver believes that a name is not there (RFC 2308 §4). */
  readonly minimumSeconds: number;
}

/** One resource record of the zone. */
export type ZoneRecord = {
  readonly name: RecordName;
  readonly ttlSeconds: number;
} & RecordData;

/** What a record says; all that is known of a type beyond these is its bytes (RFC 3597). */
export type RecordData =
  | { readonly type: 'SOA'; readonly soa: Soa }
  | { readonly type: 'NS'; readonly host: RecordName }
  | { readonly type: 'A'; readonly address: Ipv4 }
  | { readonly type: 'AAAA'; readonly address: Ipv6 }
  | { readonly type: 'CNAME' | 'PTR'; readonly target: RecordName }
  | { readonly type: 'MX'; readonly preference: number; readonly host: Target }
  | { readonly type: 'TXT'; readonly strings: readonly Uint8Array[] }
  | SrvData
  | { readonly type: 'CAA'; readonly flags: number; readonly tag: string; readonly value: Uint8Array }
  | { readonly type: `TYPE${number}`; readonly number: number; readonly rdata: Uint8Array };

interface SrvData {
  readonly type: 'SRV';
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly host: Target;
}

/** The numbers of the types whose data are understood. */
export const NUMBER_OF_TYPE = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  CAA: 257,
} as const;

/** The number of a record's type. */
export function typeNumber(record: ZoneRecord): number {
  return 'number' in record ? record.number : NUMBER_OF_TYPE[record.type];
}

export function addressRecord(name: RecordName, ttlSeconds: number, address: Address): ZoneRecord {
  return isIpv4(address)
    ? { name, ttlSeconds, type: 'A', address }
    : { name, ttlSeconds, type: 'AAAA', address };
}

/** The record's data as a zone file shows it (RFC 1035 §5.1, RFC 3597 §5), names absolute. */
export function recordText(record: ZoneRecord): string {
  switch (record.type) {
    case 'SOA':
      return soaText(record.soa);
    case 'NS':
      return nameText(record.host);
    case 'A':
    case 'AAAA':
      return record.address;
    case 'CNAME':
    case 'PTR':
      return nameText(record.target);
    case 'MX':
      return `${record.preference} ${nameText(record.host)}`;
    case 'TXT':
      return record.strings.map(quotedText).join(' ');
    case 'SRV':
      return `${record.priority} ${record.weight} ${record.port} ${nameText(record.host)}`;
    case 'CAA':
      return `${record.flags} ${record.tag} ${quotedText(record.value)}`;
    default:
      return `\\# ${record.rdata.length} ${hexText(record.rdata)}`.trimEnd();
  }
}

/** The record's data in a message, no name compressed, which is right for every type (RFC 3597 §4). */
export function rdataOf(record: ZoneRecord): Uint8Array {
  switch (record.type) {
    case 'SOA':
      return soaBytes(record.soa);
    case 'NS':
      return nameBytes(record.host);
    case 'A':
    case 'AAAA':
      return bytesOf(record.address);
    case 'CNAME':
    case 'PTR':
      return nameBytes(record.target);
    case 'MX':
      return Buffer.concat([u16(record.preference), nameBytes(record.host)]);
    case 'TXT':
      return Buffer.concat(record.strings.map(charString));
    case 'SRV':
      return Buffer.concat([u16(record.priority, record.weight, record.port), nameBytes(record.host)]);
    case 'CAA':
      return Buffer.concat([
        Uint8Array.of(record.flags),
        charString(Buffer.from(record.tag, 'latin1')),
        record.value,
      ]);
    default:
      return record.rdata;
  }
}

function soaText(soa: Soa): string {
  return `${nameText(soa.primary)} ${nameText(soa.admin)} ${soaNumbers(soa).join(' ')}`;
}

function soaBytes(soa: Soa): Uint8Array {
  const numbers = Buffer.alloc(20);
  soaNumbers(soa).forEach((value, index) => {
    numbers.writeUInt32BE(value, index * 4);
  });
  return Buffer.concat([nameBytes(soa.primary), nameBytes(soa.admin), numbers]);
}

function soaNumbers(soa: Soa): number[] {
  return [soa.serial, soa.refreshSeconds, soa.retrySeconds, soa.expireSeconds, soa.minimumSeconds];
}

function u16(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => [value >> 8, value & 0xff]));
}
