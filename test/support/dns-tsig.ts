import { createHmac } from 'node:crypto';
import type { TsigKey } from '../../gateway-server/zone/tsig-key.ts';
import { decodeDns, u16, wireName } from './dns-message.ts';

/** Signs and takes apart for tests, on its own: it shares no code with the product. */
export interface Signing {
  readonly key: TsigKey;
  readonly atSeconds: number;
  readonly fudgeSeconds?: number;
  readonly originalId?: number;
  /** What goes before the message under the MAC. */
  readonly before?: Buffer;
  readonly error?: number;
  readonly other?: Buffer;
  /** Shortens the MAC. */
  readonly macBytes?: number;
  /** Stands in the record in place of the key's own. */
  readonly named?: { readonly name?: string; readonly algorithm?: string };
  readonly class?: number;
  readonly ttl?: number;
}

export interface TakenTsig {
  /** The message without the record. */
  readonly message: Buffer;
  readonly name: string;
  readonly algorithm: string;
  readonly atSeconds: number;
  readonly fudgeSeconds: number;
  readonly mac: Buffer;
  readonly originalId: number;
  readonly error: number;
  readonly other: Buffer;
}

export const KEY_256: TsigKey = {
  name: 'xfr.example',
  algorithm: 'hmac-sha256',
  secret: Buffer.from('a secret of thirty-two bytes, no'),
};

export const KEY_512: TsigKey = {
  name: 'other',
  algorithm: 'hmac-sha512',
  secret: Buffer.alloc(64, 'long '),
};

export const KEYS = new Map([KEY_256, KEY_512].map((key) => [key.name, key]));

/** The message with a TSIG record, right or wrong as asked. */
export function signedBy(message: Buffer, signing: Signing): Buffer {
  const {
    fudgeSeconds = 300,
    originalId = message.readUInt16BE(0),
    error = 0,
    other = Buffer.alloc(0),
  } = signing;
  const { key, atSeconds } = signing;
  const { name = key.name, algorithm = key.algorithm } = signing.named ?? {};
  const original = Buffer.concat([u16(originalId), message.subarray(2)]);
  const times = Buffer.concat([u48(atSeconds), u16(fudgeSeconds)]);
  const head = Buffer.concat([u16(signing.class ?? 255), u16(0, signing.ttl ?? 0)]);
  const mac = hmac(key, [
    signing.before ?? Buffer.alloc(0),
    original,
    wireName(name.toLowerCase()),
    head,
    wireName(algorithm.toLowerCase()),
    times,
    u16(error, other.length),
    other,
  ]).subarray(0, signing.macBytes);
  const rdata = [
    wireName(algorithm),
    times,
    u16(mac.length),
    mac,
    u16(originalId, error, other.length),
    other,
  ];
  const bytes = Buffer.concat(rdata);
  const whole = Buffer.concat([message, wireName(name), u16(250), head, u16(bytes.length), bytes]);
  whole.writeUInt16BE(whole.readUInt16BE(10) + 1, 10);
  return whole;
}

/** Throws when the last record is no TSIG. */
export function takenTsig(signed: Buffer): TakenTsig {
  const record = decodeDns(signed).additional.at(-1);
  if (record?.type !== 250 || record.class !== 255 || record.ttl !== 0) throw new Error('no TSIG record');
  const rdata = Buffer.from(record.rdata, 'hex');
  const algorithmEnd = rdata.indexOf(0) + 1;
  const macEnd = algorithmEnd + 10 + rdata.readUInt16BE(algorithmEnd + 8);
  const message = Buffer.from(
    signed.subarray(0, signed.length - rdata.length - 10 - wireName(record.name).length),
  );
  message.writeUInt16BE(message.readUInt16BE(10) - 1, 10);
  return {
    message,
    name: record.name,
    algorithm: rdata.toString('latin1', 1, algorithmEnd - 1),
    atSeconds: rdata.readUIntBE(algorithmEnd, 6),
    fudgeSeconds: rdata.readUInt16BE(algorithmEnd + 6),
    mac: rdata.subarray(algorithmEnd + 10, macEnd),
    originalId: rdata.readUInt16BE(macEnd),
    error: rdata.readUInt16BE(macEnd + 2),
    other: rdata.subarray(macEnd + 6),
  };
}

/** A MAC as the next one covers it. */
export function macBefore(mac: Uint8Array): Buffer {
  return Buffer.concat([u16(mac.length), mac]);
}

export function u48(value: number): Buffer {
  const bytes = Buffer.alloc(6);
  bytes.writeUIntBE(value, 0, 6);
  return bytes;
}

export function hmac(key: TsigKey, parts: readonly Uint8Array[]): Buffer {
  return createHmac(key.algorithm.slice('hmac-'.length), key.secret).update(Buffer.concat(parts)).digest();
}
