import type { Clock, Elapsed } from '../runtime/clock.ts';

/** How a connection ended, or why there was none; the next attempt's time follows from it. */
export type Ending =
  /** An event of the agent's own: a new address, settings read again. */
  | { readonly kind: 'own-event' }
  | { readonly kind: 'lease-lost' }
  | { readonly kind: 'stopped' }
  /** `stoodMs` is how long the line was accepted on the connection before it broke. */
  | { readonly kind: 'broken'; readonly why: string; readonly stoodMs: number }
  | { readonly kind: 'wrong-credentials' }
  /** The gateway refused the line and closed the connection. */
  | { readonly kind: 'put-off'; readonly why: string; readonly ms: number };

const MINUTE_MS = 60_000;
const FIRST_TRY_MS = 1_000;
const BASE_MS = 1_000;
const CAP_EARLY_MS = 15_000;
const CAP_LATE_MS = MINUTE_MS;
const EARLY_MS = 10 * MINUTE_MS;
const STEADY_MS = 10_000;
const LONGEST_SPREAD_MS = 10 * MINUTE_MS;
const WRONG_CREDENTIALS_MS = [1, 2, 5, 10, 15].map((minutes) => minutes * MINUTE_MS);

/** When to connect again: DESIGN section 3, "Reconnecting". */
export class BackOff {
  readonly #clock: Clock;
  readonly #random: () => number;
  #failures = 0;
  #rejections = 0;
  #failingSince: Elapsed | null = null;

  /** `random` gives numbers from 0 up to, not including, 1. */
  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  reset(): void {
    this.#failures = 0;
    this.#rejections = 0;
    this.#failingSince = null;
  }

  /** Milliseconds until the next attempt; `spreadMs` is the window that the gateway announced, 0 for none. */
  after(ending: Ending, spreadMs: number): number {
    switch (ending.kind) {
      case 'own-event':
      case 'lease-lost':
      case 'stopped':
        this.reset();
        return 0;
      case 'put-off':
        return ending.ms;
      case 'wrong-credentials':
        return this.#afterRejection();
      case 'broken':
        // only a connection that has proved itself starts the count anew: else two agents of one line would fight at full speed
        if (ending.stoodMs >= STEADY_MS) this.reset();
        return this.#afterBreak(Math.min(spreadMs, LONGEST_SPREAD_MS));
    }
  }

  #afterRejection(): number {
    const step = Math.min(this.#rejections++, WRONG_CREDENTIALS_MS.length - 1);
    return WRONG_CREDENTIALS_MS[step] ?? MINUTE_MS;
  }

  #afterBreak(spreadMs: number): number {
    this.#failingSince ??= this.#clock.elapsed();
    const isEarly = this.#clock.elapsed() - this.#failingSince < EARLY_MS;
    const cap = isEarly ? CAP_EARLY_MS : CAP_LATE_MS;
    const window =
      this.#failures === 0
        ? Math.max(FIRST_TRY_MS, spreadMs)
        : Math.min(cap, BASE_MS * 2 ** Math.min(this.#failures, 10));
    this.#failures++;
    return Math.floor(this.#random() * window);
  }
}
