import { createHmac, timingSafeEqual } from 'node:crypto';
import type { TsigAlgorithm, TsigKey } from '../tsig-key.ts';
import { type TsigRecord, tsigVariables, uint16s } from './tsig-record.ts';

/** RFC 8945 §10: what a signer allows, and the most that we believe of another. */
export const FUDGE_SECONDS = 300;

const ALGORITHMS: Readonly<Record<TsigAlgorithm, { readonly hash: string; readonly macBytes: number }>> = {
  'hmac-sha256': { hash: 'sha256', macBytes: 32 },
  'hmac-sha512': { hash: 'sha512', macBytes: 64 },
};

/** The length of a MAC that nobody has truncated. */
export function macBytes(algorithm: TsigAlgorithm): number {
  return ALGORITHMS[algorithm].macBytes;
}

/** The MAC over the parts, one after the other. */
export function macOf(key: TsigKey, parts: readonly Uint8Array[]): Buffer {
  const hmac = createHmac(ALGORITHMS[key.algorithm].hash, key.secret);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

/** The MAC of a message that stands alone: that of the request, if it answers one, goes before (RFC 8945 §4.3). */
export function messageMac(
  key: TsigKey,
  requestMac: Uint8Array | null,
  message: Uint8Array,
  record: Omit<TsigRecord, 'mac'>,
): Buffer {
  const before = requestMac ? [withLength(requestMac)] : [];
  return macOf(key, [...before, message, tsigVariables(record)]);
}

/** A MAC as the next one covers it (RFC 8945 §4.3.1). */
export function withLength(mac: Uint8Array): Buffer {
  return Buffer.concat([uint16s(mac.length), mac]);
}

/** The message as it was before it was signed: no TSIG record, and the ID of its first sender (RFC 8945 §4.3.2). */
export function unsignedMessage(message: Buffer, tsigAt: number, { originalId }: TsigRecord): Buffer {
  const unsigned = Buffer.from(message.subarray(0, tsigAt));
  unsigned.writeUInt16BE(originalId, 0);
  unsigned.writeUInt16BE(unsigned.readUInt16BE(10) - 1, 10);
  return unsigned;
}

/** Compares as many bytes as were received, in a time that tells nothing (RFC 8945 §5.2.2.1). */
export function isSameMac(received: Uint8Array, calculated: Buffer): boolean {
  return (
    received.length <= calculated.length && timingSafeEqual(received, calculated.subarray(0, received.length))
  );
}

/** RFC 8945 §5.2.3. */
export function isTimely({ signedAtSeconds, fudgeSeconds }: TsigRecord, nowSeconds: number): boolean {
  return Math.abs(nowSeconds - signedAtSeconds) <= Math.min(fudgeSeconds, FUDGE_SECONDS);
}
