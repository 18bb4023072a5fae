import type { Clock } from '../../../runtime/clock.ts';

/** Lets a loop rest until its time has come or somebody has news for it. */
export class Bell {
  readonly #clock: Clock;
  #rung = new AbortController();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Ends the present rest, or the next one before it begins. */
  ring(): void {
    this.#rung.abort();
  }

  /** Resolves after `ms`, or sooner when the bell rings or `signal` is aborted. */
  async rest(ms: number, signal: AbortSignal): Promise<void> {
    const sooner = AbortSignal.any([signal, this.#rung.signal]);
    await this.#clock.sleep(ms, sooner).catch(() => undefined);
    if (this.#rung.signal.aborted) this.#rung = new AbortController();
  }
}
