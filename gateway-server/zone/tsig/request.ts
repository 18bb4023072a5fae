import type { TsigKey } from '../tsig-key.ts';
import { labelsOfBytes, RCODE } from '../wire.ts';
import type { NoTsigContext, SigningContext, TsigContext } from './context.ts';
import { isSameMac, isTimely, macBytes, messageMac, unsignedMessage } from './signature.ts';
import { keyOfName, readTsig, TSIG_ERROR, type TsigRecord } from './tsig-record.ts';

/** The keys by name. */
export type TsigKeys = ReadonlyMap<string, TsigKey>;

/** Whether a request came from somebody who knows the key, and how to answer. */
export type TsigVerdict =
  | { readonly kind: 'good'; readonly key: TsigKey; readonly context: SigningContext }
  | BadTsig;

/** A request to be refused with this code. */
interface BadTsig {
  readonly kind: 'bad';
  readonly rcode: typeof RCODE.formErr | typeof NOT_AUTH;
  /** RFC 8945 §3; 0 with FORMERR. */
  readonly error: number;
  readonly context: TsigContext;
}

const NOT_AUTH = 9;
const LEAST_MAC_BYTES = 10;
const NO_TSIG: NoTsigContext = { kind: 'none' };
const CORRUPT: BadTsig = { kind: 'bad', rcode: RCODE.formErr, error: TSIG_ERROR.none, context: NO_TSIG };

/**
 * Checks key, MAC, time and truncation, in the order of RFC 8945 §5.2. `tsigAt` is where the message's last
 * additional record begins. A request may be repeated within its fudge: none that we take changes anything.
 */
export function verifyRequest(
  message: Buffer,
  tsigAt: number,
  keys: TsigKeys,
  nowSeconds: number,
): TsigVerdict {
  const request = readTsig(message, tsigAt);
  if (!request || message.readUInt16BE(10) === 0) return CORRUPT;
  const key = keyFor(request, keys);
  if (!key) return unproven(request, TSIG_ERROR.badKey);
  if (!isMacSizeAllowed(request.mac.length, macBytes(key.algorithm))) return CORRUPT;
  const mac = messageMac(key, null, unsignedMessage(message, tsigAt, request), request);
  if (!isSameMac(request.mac, mac)) return unproven(request, TSIG_ERROR.badSig);
  return verdictOnProven(key, request, nowSeconds);
}

/** RFC 8945 §5.2.1: the name without regard to case, and the key's own algorithm. */
function keyFor({ keyName, algorithm }: TsigRecord, keys: TsigKeys): TsigKey | undefined {
  const key = keys.get(labelsOfBytes(keyName).join('.'));
  const isIt = key && keyOfName(key.name) === keyName && keyOfName(key.algorithm) === algorithm;
  return isIt ? key : undefined;
}

/** RFC 8945 §5.2.2.1: neither longer than the hash nor shorter than its half, or than 10 bytes. */
function isMacSizeAllowed(bytes: number, fullBytes: number): boolean {
  return bytes <= fullBytes && bytes >= Math.max(LEAST_MAC_BYTES, fullBytes / 2);
}

/** RFC 8945 §5.2.3 and §5.2.4: we take no truncated MAC, but whoever sends one shall learn it from a signed reply. */
function verdictOnProven(key: TsigKey, request: TsigRecord, nowSeconds: number): TsigVerdict {
  const context = { kind: 'signing', key, request } as const;
  if (!isTimely(request, nowSeconds)) return refused({ ...context, error: TSIG_ERROR.badTime });
  if (request.mac.length < macBytes(key.algorithm))
    return refused({ ...context, error: TSIG_ERROR.badTrunc });
  return { kind: 'good', key, context: { ...context, error: TSIG_ERROR.none } };
}

function unproven(
  request: TsigRecord,
  error: typeof TSIG_ERROR.badKey | typeof TSIG_ERROR.badSig,
): TsigVerdict {
  return refused({ kind: 'unsigned', request, error });
}

function refused(context: Exclude<TsigContext, NoTsigContext>): TsigVerdict {
  return { kind: 'bad', rcode: NOT_AUTH, error: context.error, context };
}
