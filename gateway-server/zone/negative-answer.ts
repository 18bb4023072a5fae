import type { DomainName } from '../../protocol/domain-name.ts';
import type { Section } from './reply.ts';
import { keyIn, type RecordName } from './static/record-name.ts';
import { CLASS_IN, labelBytes, TYPE } from './wire.ts';
import type { Soa } from './zone-record.ts';

/** The SOA record that comes with every "no such name" and "no such data" (RFC 2308 §3), compiled once a serial. */
export class NegativeAnswer {
  readonly #bytes: Buffer;
  /** Where the record points to the zone's name inside the question. */
  readonly #pointersAt: readonly number[];

  constructor(zone: DomainName, soa: Soa, soaTtlSeconds: number) {
    const owner = pointing('', true);
    const primary = pointingName(soa.primary, zone);
    const admin = pointingName(soa.admin, zone);
    const rdataBytes = primary.bytes.length + admin.bytes.length + 20;
    const fixed = Buffer.alloc(10);
    fixed.writeUInt16BE(TYPE.SOA, 0);
    fixed.writeUInt16BE(CLASS_IN, 2);
    fixed.writeUInt32BE(Math.min(soaTtlSeconds, soa.minimumSeconds), 4);
    fixed.writeUInt16BE(rdataBytes, 8);
    const parts = [owner, { bytes: fixed, hasPointer: false }, primary, admin];
    this.#bytes = Buffer.concat([...parts.map(({ bytes }) => bytes), numbersOf(soa)]);
    this.#pointersAt = pointerPlaces(parts);
  }

  /** The record behind a question in which the zone's name stands at `zoneAt`. */
  behind(zoneAt: number): Section {
    for (const at of this.#pointersAt) this.#bytes.writeUInt16BE(0xc000 | zoneAt, at);
    return { name: 'authority', count: 1, bytes: this.#bytes, start: 0, end: this.#bytes.length };
  }
}

interface Part {
  readonly bytes: Buffer;
  /** The last two bytes are a pointer (RFC 1035 §4.1.4) to the zone's name. */
  readonly hasPointer: boolean;
}

function pointingName(name: RecordName, zone: DomainName): Part {
  const key = keyIn(name, zone);
  return key === undefined ? pointing(labelBytes(name.split('.')), false) : pointing(key, true);
}

function pointing(labels: string, hasPointer: boolean): Part {
  return { bytes: Buffer.from(labels + (hasPointer ? '\0\0' : '\0'), 'latin1'), hasPointer };
}

function pointerPlaces(parts: readonly Part[]): number[] {
  const places: number[] = [];
  let end = 0;
  for (const { bytes, hasPointer } of parts) {
    end += bytes.length;
    if (hasPointer) places.push(end - 2);
  }
  return places;
}

function numbersOf(soa: Soa): Buffer {
  const bytes = Buffer.alloc(20);
  const times = [soa.refreshSeconds, soa.retrySeconds, soa.expireSeconds, soa.minimumSeconds];
  [soa.serial, ...times].forEach((value, index) => {
    bytes.writeUInt32BE(value, index * 4);
  });
  return bytes;
}
