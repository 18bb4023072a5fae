import { hash, timingSafeEqual } from 'node:crypto';
import type { DomainName } from '../../protocol/domain-name.ts';
import type { Clock } from '../../runtime/clock.ts';

export type Random = (bytes: number) => Uint8Array;

/** What a seal says of the form that carries it. `forged` is also the seal of an earlier run of the gateway, and none at all. */
export type SealVerdict = 'good' | 'too-fast' | 'expired' | 'forged';

const LEAST_MS = 2_000;
const MOST_MS = 24 * 3_600_000;
const KEY_BYTES = 32;
const NONCE_BYTES = 9;
const TIME_BYTES = 6;
const MAC_BYTES = 18;
/** Nonces are drawn together: one draw costs as much as hundreds. */
const NONCES_A_DRAW = 256;

/** Signs the time at which a form was shown, so that robots which post at once are told from people, without cookie or memory. */
export class FormSeal {
  readonly #key: Uint8Array;
  readonly #random: Random;
  readonly #clock: Clock;
  #nonces: Uint8Array = new Uint8Array(0);

  constructor(random: Random, clock: Clock) {
    this.#key = random(KEY_BYTES);
    this.#random = random;
    this.#clock = clock;
  }

  /** A seal for a form that is shown now. */
  fresh(to: DomainName): string {
    return this.#sealed(to, this.#clock.elapsed());
  }

  /** A seal that is good at once: for somebody who has proved patience already. */
  seasoned(to: DomainName): string {
    return this.#sealed(to, this.#clock.elapsed() - LEAST_MS);
  }

  judge(seal: string, to: DomainName): SealVerdict {
    const bytes = Buffer.from(seal, 'base64url');
    if (bytes.length !== TIME_BYTES + NONCE_BYTES + MAC_BYTES) return 'forged';
    const body = bytes.subarray(0, TIME_BYTES + NONCE_BYTES);
    if (!timingSafeEqual(bytes.subarray(body.length), this.#mac(body, to))) return 'forged';
    const ageMs = this.#clock.elapsed() + LEAST_MS - body.readUIntBE(0, TIME_BYTES);
    if (ageMs < LEAST_MS) return 'too-fast';
    return ageMs > MOST_MS ? 'expired' : 'good';
  }

  /** The time is written LEAST_MS late, so that a seasoned seal of the first seconds is no negative number. */
  #sealed(to: DomainName, shownAt: number): string {
    const time = Buffer.alloc(TIME_BYTES);
    time.writeUIntBE(Math.ceil(shownAt) + LEAST_MS, 0, TIME_BYTES);
    const body = Buffer.concat([time, this.#nextNonce()]);
    return Buffer.concat([body, this.#mac(body, to)]).toString('base64url');
  }

  #nextNonce(): Uint8Array {
    if (this.#nonces.length === 0) this.#nonces = this.#random(NONCE_BYTES * NONCES_A_DRAW);
    const nonce = this.#nonces.subarray(0, NONCE_BYTES);
    this.#nonces = this.#nonces.subarray(NONCE_BYTES);
    return nonce;
  }

  /**
   * SHA-512/256 keeps half of its state to itself, so that nobody can go on from one seal to the next: the key before the text
   * is enough, in one call. An HMAC (RFC 2104) makes an object for each seal, which costs several times as much to clear away.
   */
  #mac(body: Uint8Array, to: DomainName): Uint8Array {
    const text = Buffer.concat([this.#key, body, Buffer.from(to)]);
    return hash('sha512-256', text, 'buffer').subarray(0, MAC_BYTES);
  }
}
