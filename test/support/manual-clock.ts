import type { Clock, Elapsed, Instant } from '../../runtime/clock.ts';

interface Sleeper {
  readonly due: Instant;
  readonly wake: () => void;
}

/** A clock that stands still until a test advances it. */
export class ManualClock implements Clock {
  #now: Instant;
  #wallAheadMs = 0;
  readonly #sleepers = new Set<Sleeper>();

  readonly #settled: () => Promise<void>;

  /** `settled` resolves when all continuations have run; the usual one waits for a turn of the loop. */
  constructor(start: Instant = 0, settled = oneTurn) {
    this.#now = start;
    this.#settled = settled;
  }

  now(): Instant {
    return this.#now + this.#wallAheadMs;
  }

  elapsed(): Elapsed {
    return this.#now;
  }

  /** Sets the wall clock forward or back, as NTP does; no deadline may move with it. */
  jumpWall(ms: number): void {
    this.#wallAheadMs += ms;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const abort = () => {
        this.#sleepers.delete(sleeper);
        reject(signal.reason);
      };
      const wake = () => {
        signal.removeEventListener('abort', abort);
        resolve();
      };
      const sleeper = { due: this.#now + ms, wake };
      this.#sleepers.add(sleeper);
      signal.addEventListener('abort', abort, { once: true });
    });
  }

  /** Moves time forward, waking sleepers in order and letting their continuations run. */
  async advance(ms: number): Promise<void> {
    const target = this.#now + ms;
    await this.#settled();
    for (let next = this.#next(target); next; next = this.#next(target)) {
      this.#now = next.due;
      this.#sleepers.delete(next);
      next.wake();
      await this.#settled();
    }
    this.#now = target;
  }

  #next(target: Instant): Sleeper | undefined {
    return [...this.#sleepers].filter((s) => s.due <= target).sort((a, b) => a.due - b.due)[0];
  }
}

const oneTurn = () => new Promise<void>((resolve) => setImmediate(resolve));
