import { labelBytes, TYPE } from '../wire.ts';
import { readWireName, wireName } from './wire-name.ts';

/** The signature at the end of a message (RFC 8945 §4.2). Names are keys made by `labelBytes`, absolute. */
export interface TsigRecord {
  readonly keyName: string;
  readonly algorithm: string;
  readonly signedAtSeconds: number;
  readonly fudgeSeconds: number;
  readonly mac: Uint8Array;
  readonly originalId: number;
  /** RFC 8945 §3. */
  readonly error: number;
  readonly otherData: Uint8Array;
}

/** RFC 8945 §3. */
export const TSIG_ERROR = { none: 0, badSig: 16, badKey: 17, badTime: 18, badTrunc: 22 } as const;

const CLASS_ANY = 255;
/** Type, class, TTL and length. */
const FIXED_BYTES = 10;
/** Time, fudge and the lengths of MAC and other data, with original ID and error. */
const RDATA_FIXED_BYTES = 16;
const TIME_BYTES = 6;

/** Undefined unless exactly one well-formed record lies between `at` and the end of the message. */
export function readTsig(message: Buffer, at: number): TsigRecord | undefined {
  const owner = readWireName(message, at);
  if (!owner || !isTsigHead(message, owner.end)) return undefined;
  const algorithm = readWireName(message, owner.end + FIXED_BYTES);
  return algorithm && readRest(message, algorithm.end, owner.key, algorithm.key);
}

/** RFC 8945 §4.2: class ANY, TTL 0. */
function isTsigHead(message: Buffer, at: number): boolean {
  if (at + FIXED_BYTES > message.length) return false;
  return (
    message.readUInt16BE(at) === TYPE.TSIG &&
    message.readUInt16BE(at + 2) === CLASS_ANY &&
    message.readUInt32BE(at + 4) === 0 &&
    at + FIXED_BYTES + message.readUInt16BE(at + 8) === message.length
  );
}

function readRest(message: Buffer, at: number, keyName: string, algorithm: string): TsigRecord | undefined {
  if (at + RDATA_FIXED_BYTES > message.length) return undefined;
  const macAt = at + TIME_BYTES + 4;
  const macEnd = macAt + message.readUInt16BE(macAt - 2);
  if (macEnd + 6 > message.length) return undefined;
  if (macEnd + 6 + message.readUInt16BE(macEnd + 4) !== message.length) return undefined;
  return {
    keyName,
    algorithm,
    signedAtSeconds: message.readUIntBE(at, TIME_BYTES),
    fudgeSeconds: message.readUInt16BE(at + TIME_BYTES),
    // copied: a transfer outlives the buffer of its request
    mac: Buffer.from(message.subarray(macAt, macEnd)),
    originalId: message.readUInt16BE(macEnd),
    error: message.readUInt16BE(macEnd + 2),
    otherData: Buffer.from(message.subarray(macEnd + 6)),
  };
}

/** The room that a record takes in a message. */
export function tsigRecordBytes(keyName: string, algorithm: string, macAndOtherBytes: number): number {
  // either name ends with the root's byte
  return keyName.length + 1 + FIXED_BYTES + algorithm.length + 1 + RDATA_FIXED_BYTES + macAndOtherBytes;
}

/** The message with the record at its end and one more additional record in its header. */
export function withTsig(message: Uint8Array, record: TsigRecord): Buffer {
  const whole = Buffer.concat([message, encodeTsig(record)]);
  whole.writeUInt16BE(whole.readUInt16BE(10) + 1, 10);
  return whole;
}

function encodeTsig({ keyName, algorithm, mac, originalId, error, otherData, ...times }: TsigRecord): Buffer {
  const rdata = Buffer.concat([
    wireName(algorithm),
    tsigTimers(times),
    uint16s(mac.length),
    mac,
    uint16s(originalId, error, otherData.length),
    otherData,
  ]);
  return Buffer.concat([wireName(keyName), uint16s(TYPE.TSIG, CLASS_ANY, 0, 0, rdata.length), rdata]);
}

/** What of the record the MAC covers (RFC 8945 §4.3.3). */
export function tsigVariables({
  keyName,
  algorithm,
  error,
  otherData,
  ...times
}: Omit<TsigRecord, 'mac'>): Buffer {
  return Buffer.concat([
    wireName(keyName),
    uint16s(CLASS_ANY, 0, 0),
    wireName(algorithm),
    tsigTimers(times),
    uint16s(error, otherData.length),
    otherData,
  ]);
}

/** What of a later record of a stream the MAC covers (RFC 8945 §5.3.1). */
export function tsigTimers(times: Pick<TsigRecord, 'signedAtSeconds' | 'fudgeSeconds'>): Buffer {
  return Buffer.concat([timeBytes(times.signedAtSeconds), uint16s(times.fudgeSeconds)]);
}

/** Seconds since 1970 in 48 bits. */
export function timeBytes(seconds: number): Buffer {
  const bytes = Buffer.alloc(TIME_BYTES);
  bytes.writeUIntBE(seconds, 0, TIME_BYTES);
  return bytes;
}

export function uint16s(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, 2 * index);
  return bytes;
}

/** The key of a name in text without the trailing dot. */
export function keyOfName(name: string): string {
  return labelBytes(name.toLowerCase().split('.'));
}
