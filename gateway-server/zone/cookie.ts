import { timingSafeEqual } from 'node:crypto';
import { type SipKey, sipHash, sipKey } from './sip-hash.ts';

/** What the cookie in a question says of its sender (RFC 7873 §5.2). */
export type CookieCheck =
  /** No cookie has this form: FORMERR (§5.2.2). */
  | { readonly kind: 'malformed' }
  /** `bad`: not a server cookie of ours for this client, or too old; to be treated like none (§5.2.4). */
  | { readonly kind: 'client-only' | 'bad'; readonly clientCookie: Uint8Array }
  /** The sender has had an answer of ours at this address. An old one is replaced in the reply. */
  | { readonly kind: 'good' | 'good-old'; readonly clientCookie: Uint8Array; readonly option: Uint8Array };

export type WellFormedCookie = Exclude<CookieCheck, { readonly kind: 'malformed' }>;

const CLIENT_BYTES = 8;
const SERVER_BYTES = 16;
const OPTION_BYTES = CLIENT_BYTES + SERVER_BYTES;
const LEAST_SERVER_BYTES = 8;
const MOST_SERVER_BYTES = 32;
/** Client cookie, version, reserved bytes and time stand before the hash. */
const HASH_AT = 16;
const TIME_AT = 12;
const VERSION = 1;

/** RFC 9018 §4.3. */
const VALID_SECONDS = 3600;
const FUTURE_SECONDS = 300;
const FRESH_SECONDS = 1800;

/** Server cookies that need no memory, of the one form that all servers understand (RFC 9018 §4). */
export class Cookies {
  readonly #key: SipKey;

  /** Servers that answer at the same address share the 16 bytes. */
  constructor(secret: Uint8Array) {
    this.#key = sipKey(secret);
  }

  /** `option` is what stands in the COOKIE option, the address has 4 or 16 bytes. */
  check(option: Uint8Array, clientAddress: Uint8Array, nowSeconds: number): CookieCheck {
    const serverBytes = option.length - CLIENT_BYTES;
    if (serverBytes !== 0 && (serverBytes < LEAST_SERVER_BYTES || serverBytes > MOST_SERVER_BYTES))
      return { kind: 'malformed' };
    const clientCookie = option.subarray(0, CLIENT_BYTES);
    if (serverBytes === 0) return { kind: 'client-only', clientCookie };
    if (!this.#isOurs(option, clientAddress)) return { kind: 'bad', clientCookie };
    return { kind: kindByAge(ageSeconds(option, nowSeconds)), clientCookie, option };
  }

  /** What stands in the reply's COOKIE option. */
  reply(seen: WellFormedCookie, clientAddress: Uint8Array, nowSeconds: number): Uint8Array {
    if (seen.kind === 'good') return seen.option;
    const option = new Uint8Array(OPTION_BYTES);
    option.set(seen.clientCookie);
    option[CLIENT_BYTES] = VERSION;
    timeOf(option).setUint32(0, nowSeconds);
    option.set(this.#hash(option, clientAddress), HASH_AT);
    return option;
  }

  #isOurs(option: Uint8Array, clientAddress: Uint8Array): boolean {
    if (option.length !== OPTION_BYTES || option[CLIENT_BYTES] !== VERSION) return false;
    return timingSafeEqual(option.subarray(HASH_AT), this.#hash(option, clientAddress));
  }

  /** RFC 9018 §4.4: over everything before the hash, and the address. */
  #hash(option: Uint8Array, clientAddress: Uint8Array): Uint8Array {
    const hashed = new Uint8Array(HASH_AT + clientAddress.length);
    hashed.set(option.subarray(0, HASH_AT));
    hashed.set(clientAddress, HASH_AT);
    return sipHash(this.#key, hashed);
  }
}

function kindByAge(age: number): 'good' | 'good-old' | 'bad' {
  if (age > VALID_SECONDS || age < -FUTURE_SECONDS) return 'bad';
  return age > FRESH_SECONDS ? 'good-old' : 'good';
}

/** RFC 1982 arithmetic: the 32 bits will overflow in 2106. */
function ageSeconds(option: Uint8Array, nowSeconds: number): number {
  return (nowSeconds - timeOf(option).getUint32(0)) | 0;
}

function timeOf(option: Uint8Array): DataView {
  return new DataView(option.buffer, option.byteOffset + TIME_AT, 4);
}
