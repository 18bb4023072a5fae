import type { Clock } from '../runtime/clock.ts';

/** Lets a loop sleep until its time has come or somebody rings. */
export class Bell {
  readonly #clock: Clock;
  #hasRung = false;
  #wake: () => void = () => undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  ring(): void {
    this.#hasRung = true;
    this.#wake();
  }

  /** Resolves after `ms`, when aborted, or when it rings; at once when it has rung since the last time. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#hasRung) {
      const rung = new AbortController();
      this.#wake = () => rung.abort();
      await this.#clock.sleep(ms, AbortSignal.any([signal, rung.signal])).catch(() => undefined);
      this.#wake = () => undefined;
    }
    this.#hasRung = false;
  }
}
