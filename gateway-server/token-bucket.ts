import type { Clock, Elapsed } from '../runtime/clock.ts';

export interface Rate {
  readonly perSecond: number;
  /** What may come at once after a quiet time. */
  readonly burst: number;
}

/** Lets through `perSecond` on average and `burst` at once. */
export class TokenBucket {
  readonly #rate: Rate;
  readonly #clock: Clock;
  #tokens: number;
  #filledAt: Elapsed;

  constructor(rate: Rate, clock: Clock) {
    this.#rate = rate;
    this.#clock = clock;
    this.#tokens = rate.burst;
    this.#filledAt = clock.elapsed();
  }

  /** False when there are not enough tokens left; then none is taken. */
  take(count: number): boolean {
    this.#fill();
    if (count > this.#tokens) return false;
    this.#tokens -= count;
    return true;
  }

  /** Milliseconds until one token is there. */
  waitMs(): number {
    this.#fill();
    return Math.max(0, Math.ceil(((1 - this.#tokens) / this.#rate.perSecond) * 1_000));
  }

  isFull(): boolean {
    this.#fill();
    return this.#tokens >= this.#rate.burst;
  }

  #fill(): void {
    const now = this.#clock.elapsed();
    const gained = ((now - this.#filledAt) / 1_000) * this.#rate.perSecond;
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + gained);
    this.#filledAt = now;
  }
}
