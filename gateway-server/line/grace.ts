import type { Clock, Elapsed } from '../../runtime/clock.ts';

/** A time in which nobody is declared off-line, since agents need it to come back after a fault of our own. */
export class Grace {
  readonly #clock: Clock;
  readonly #lengthMs: () => number;
  #until: Elapsed;

  /** Begins at once: the gateway has just started. */
  constructor(clock: Clock, lengthMs: () => number) {
    this.#clock = clock;
    this.#lengthMs = lengthMs;
    this.#until = clock.elapsed() + lengthMs();
  }

  beginAgain(): void {
    this.#until = this.#clock.elapsed() + this.#lengthMs();
  }

  /** Milliseconds until it is over; 0 when it is. */
  leftMs(): number {
    return Math.max(0, this.#until - this.#clock.elapsed());
  }
}
