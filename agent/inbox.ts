import type { Clock, Elapsed } from '../runtime/clock.ts';
import { within } from '../runtime/deadline.ts';

/** What happens, in order, for one reader. */
export class Inbox<T> {
  readonly #clock: Clock;
  readonly #items: T[] = [];
  #wake: () => void = () => undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  put(item: T): void {
    this.#items.push(item);
    this.#wake();
  }

  /** The next item, or `too-late` when none has come by `deadline`; rejects when aborted. */
  async take(deadline: Elapsed, signal: AbortSignal): Promise<T | 'too-late'> {
    if (this.#items.length === 0) {
      const arrival = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await within(this.#clock, Math.max(0, deadline - this.#clock.elapsed()), arrival, signal);
    }
    return this.#items.shift() ?? 'too-late';
  }
}
