import type { TsigKey } from '../tsig-key.ts';
import { FUDGE_SECONDS, macBytes, messageMac } from './signature.ts';
import {
  keyOfName,
  TSIG_ERROR,
  type TsigRecord,
  timeBytes,
  tsigRecordBytes,
  withTsig,
} from './tsig-record.ts';

/** What the reply to a request with a TSIG record must carry. */
export type TsigContext = NoTsigContext | UnsignedContext | SigningContext;

/** The request's record could not be read: the reply carries none. */
export interface NoTsigContext {
  readonly kind: 'none';
}

/** Nobody has shown that he knows the key: the reply says so and is not signed (RFC 8945 §5.2.1, §5.2.2). */
export interface UnsignedContext {
  readonly kind: 'unsigned';
  readonly request: TsigRecord;
  readonly error: typeof TSIG_ERROR.badKey | typeof TSIG_ERROR.badSig;
}

/** The request's MAC was right. */
export interface SigningContext {
  readonly kind: 'signing';
  readonly key: TsigKey;
  readonly request: TsigRecord;
  readonly error: typeof TSIG_ERROR.none | typeof TSIG_ERROR.badTime | typeof TSIG_ERROR.badTrunc;
}

const NO_BYTES = new Uint8Array();

/** The reply as it goes out (RFC 8945 §5.3). The reply given is left as it is. */
export function signedReply(context: TsigContext, reply: Buffer, nowSeconds: number): Buffer {
  if (context.kind === 'none') return reply;
  const record = recordFor(context, reply, nowSeconds);
  if (context.kind === 'unsigned') return withTsig(reply, { ...record, mac: NO_BYTES });
  return withTsig(reply, { ...record, mac: messageMac(context.key, context.request.mac, reply, record) });
}

/** The room that a record signed with the key takes in a message. */
export function tsigBytes({ name, algorithm }: TsigKey): number {
  return tsigRecordBytes(keyOfName(name), keyOfName(algorithm), macBytes(algorithm));
}

/** The record of a reply but for its MAC, at the time that the client can believe. */
export function recordFor(
  { request, error }: UnsignedContext | SigningContext,
  reply: Buffer,
  nowSeconds: number,
): Omit<TsigRecord, 'mac'> {
  const { keyName, algorithm, signedAtSeconds, fudgeSeconds } = request;
  const named = { keyName, algorithm, originalId: reply.readUInt16BE(0), error };
  // RFC 8945 §5.2.3: the client's own time and fudge, so that it does not find the reply itself too late
  if (error === TSIG_ERROR.badTime)
    return { ...named, signedAtSeconds, fudgeSeconds, otherData: timeBytes(nowSeconds) };
  return { ...named, signedAtSeconds: nowSeconds, fudgeSeconds: FUDGE_SECONDS, otherData: NO_BYTES };
}
