import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock, Instant } from '../../runtime/clock.ts';
import type { Door } from './doorkeeper.ts';

/** What tells a subject from another one that had its name before; undefined when there is no such subject. */
export type Incarnation = (door: Door, subject: string) => string | undefined;

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
  readonly #incarnation: Incarnation;

  constructor(key: Uint8Array, random: Random, clock: Clock, incarnation: Incarnation) {
    this.#key = key;
    this.#incarnation = incarnation;
    this.#random = random;
    this.#clock = clock;
  }

  mint(door: Door, subject: string, lifetimeMs: number): string {
    const nonce = Buffer.from(this.#random(NONCE_BYTES)).toString('base64url');
    const body = [door, subject, Math.round((this.#clock.now() + lifetimeMs) / 1000), nonce].join('.');
    return Buffer.concat([this.#mac(body, this.#incarnation(door, subject)), Buffer.from(body)]).toString(
      'base64url',
    );
  }

  /** Undefined for what we did not make, and for what is over. */
  read(token: string): Link | undefined {
    const bytes = Buffer.from(token, 'base64url');
    const body = bytes.subarray(MAC_BYTES).toString();
    const [door, subject = '', seconds, id = ''] = body.split('.');
    if (bytes.length <= MAC_BYTES || (door !== 'portal' && door !== 'console')) return undefined;
    const right = this.#mac(body, this.#incarnation(door, subject));
    if (!timingSafeEqual(bytes.subarray(0, MAC_BYTES), right)) return undefined;
    const expiresAt = Number(seconds) * 1000;
    if (expiresAt < this.#clock.now()) return undefined;
    return { door, subject, expiresAt, id };
  }

  /** The incarnation does not travel in the link: it is known where it counts. */
  #mac(body: string, incarnation = ''): Buffer {
    return createHmac('sha256', this.#key)
      .update('one-time link\0')
      .update(`${body}\0${incarnation}`)
      .digest()
      .subarray(0, MAC_BYTES);
  }
}
