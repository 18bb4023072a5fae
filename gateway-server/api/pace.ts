import type { Clock } from '../../runtime/clock.ts';
import { type Rate, TokenBucket } from '../token-bucket.ts';

/** How fast each key may go on. Bounded: the key that was seen longest ago is forgotten first. */
export class Pace {
  readonly #rate: Rate;
  readonly #clock: Clock;
  readonly #mostKeys: number;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(rate: Rate, clock: Clock, mostKeys = 10_000) {
    this.#rate = rate;
    this.#clock = clock;
    this.#mostKeys = mostKeys;
  }

  /** How long the key has to wait; 0 when it may go on, and then this is counted. */
  waitMs(key: string): number {
    const bucket = this.#buckets.get(key) ?? new TokenBucket(this.#rate, this.#clock);
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    for (const oldest of this.#buckets.keys()) {
      if (this.#buckets.size <= this.#mostKeys) break;
      this.#buckets.delete(oldest);
    }
    return bucket.take(1) ? 0 : bucket.waitMs();
  }
}
