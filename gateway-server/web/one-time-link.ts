import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock, Instant } from '../../runtime/clock.ts';
import type { Door } from './doorkeeper.ts';

export type Random = (bytes: number) => Uint8Array;

interface Link {
  readonly door: Door;
  /** A line's id, or an operator's account. */
  readonly subject: string;
  readonly expiresAt: Instant;
  /** Names the link in the list of used ones. */
  readonly id: string;
}

const NONCE_BYTES = 12;
const MAC_BYTES = 24;

/** Links that prove by their signature who may come in: none of them is stored until it is used. */
export class OneTimeLinks {
  readonly #key: Uint8Array;
  readonly #random: Random;
  readonly #clock: Clock;

  constructor(key: Uint8Array, random: Random, clock: Clock) {
    this.#key = key;
    this.#random = random;
    this.#clock = clock;
  }

  mint(door: Door, subject: string, lifetimeMs: number): string {
    const nonce = Buffer.from(this.#random(NONCE_BYTES)).toString('base64url');
    const body = [door, subject, Math.round((this.#clock.now() + lifetimeMs) / 1000), nonce].join('.');
    return Buffer.concat([this.#mac(body), Buffer.from(body)]).toString('base64url');
  }

  /** Undefined for what we did not make, and for what is over. */
  read(token: string): Link | undefined {
    const bytes = Buffer.from(token, 'base64url');
    const body = bytes.subarray(MAC_BYTES).toString();
    if (bytes.length <= MAC_BYTES || !timingSafeEqual(bytes.subarray(0, MAC_BYTES), this.#mac(body)))
      return undefined;
    const [door, subject = '', seconds, id = ''] = body.split('.');
    const expiresAt = Number(seconds) * 1000;
    if ((door !== 'portal' && door !== 'console') || expiresAt < this.#clock.now()) return undefined;
    return { door, subject, expiresAt, id };
  }

  #mac(body: string): Buffer {
    return createHmac('sha256', this.#key)
      .update('one-time link\0')
      .update(body)
      .digest()
      .subarray(0, MAC_BYTES);
  }
}
