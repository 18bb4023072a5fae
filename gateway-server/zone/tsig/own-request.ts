import type { TsigKey } from '../tsig-key.ts';
import { HEADER_BYTES } from '../wire.ts';
import { FUDGE_SECONDS, isSameMac, isTimely, macBytes, messageMac, unsignedMessage } from './signature.ts';
import { keyOfName, readTsig, TSIG_ERROR, type TsigRecord, withTsig } from './tsig-record.ts';

/** A request of ours as it goes out, and the MAC that its answer must cover. */
export interface SignedRequest {
  readonly bytes: Buffer;
  readonly mac: Buffer;
}

/** Signs a question or notification of ours (RFC 8945 §5.1). */
export function signedRequest(message: Buffer, key: TsigKey, nowSeconds: number): SignedRequest {
  const record = {
    keyName: keyOfName(key.name),
    algorithm: keyOfName(key.algorithm),
    signedAtSeconds: nowSeconds,
    fudgeSeconds: FUDGE_SECONDS,
    originalId: message.readUInt16BE(0),
    error: TSIG_ERROR.none,
    otherData: new Uint8Array(),
  };
  const mac = messageMac(key, null, message, record);
  return { bytes: withTsig(message, { ...record, mac }), mac };
}

/** True for the answer of somebody who knows the key, to this very request, of now (RFC 8945 §5.3, §5.4). */
export function isReplySigned(
  reply: Buffer,
  key: TsigKey,
  requestMac: Uint8Array,
  nowSeconds: number,
): boolean {
  const tsigAt = lastRecordAt(reply);
  const record = tsigAt < 0 ? undefined : readTsig(reply, tsigAt);
  if (!record || !isOfKey(record, key) || !isTimely(record, nowSeconds)) return false;
  const mac = messageMac(key, requestMac, unsignedMessage(reply, tsigAt, record), record);
  return isSameMac(record.mac, mac);
}

function isOfKey({ keyName, algorithm, error, mac }: TsigRecord, key: TsigKey): boolean {
  return (
    keyName === keyOfName(key.name) &&
    algorithm === keyOfName(key.algorithm) &&
    error === TSIG_ERROR.none &&
    mac.length === macBytes(key.algorithm)
  );
}

/** Where the last additional record begins; -1 when there is none or the message is broken before it. */
function lastRecordAt(message: Buffer): number {
  if (message.length < HEADER_BYTES || message.readUInt16BE(10) === 0) return -1;
  let at = HEADER_BYTES;
  for (let left = message.readUInt16BE(4); left > 0 && at >= 0; left--) at = endOfName(message, at, 4);
  const records = message.readUInt16BE(6) + message.readUInt16BE(8) + message.readUInt16BE(10);
  for (let left = records - 1; left > 0 && at >= 0; left--) at = endOfRecord(message, at);
  return at;
}

function endOfRecord(message: Buffer, start: number): number {
  const end = endOfName(message, start, 10);
  return end < 0 ? -1 : end + message.readUInt16BE(end - 2);
}

/** Where `fixedBytes` after the name end, without following its pointers. */
function endOfName(message: Buffer, start: number, fixedBytes: number): number {
  for (let at = start; at < message.length; at += 1 + message.readUInt8(at)) {
    const length = message.readUInt8(at);
    if (length > 0 && length < 0x40) continue;
    const end = at + (length === 0 ? 1 : 2) + fixedBytes;
    return end > message.length ? -1 : end;
  }
  return -1;
}
