import { clearTimeout as cancel, setTimeout as start, type Timer } from 'host:os';

/** One timer as Node gives them; the process does not wait for any, so that ref and unref change nothing. */
export class Timeout {
  readonly #run: () => void;
  readonly #ms: number;
  readonly #isRepeated: boolean;
  #timer: Timer | null = null;

  constructor(run: () => void, ms: number, isRepeated: boolean) {
    this.#run = run;
    this.#ms = Math.max(1, Math.trunc(ms) || 1);
    this.#isRepeated = isRepeated;
    this.#arm();
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  refresh(): this {
    this.close();
    this.#arm();
    return this;
  }

  close(): void {
    if (this.#timer !== null) cancel(this.#timer);
    this.#timer = null;
  }

  #arm(): void {
    this.#timer = start(() => {
      this.#timer = null;
      if (this.#isRepeated) this.#arm();
      this.#run();
    }, this.#ms);
  }
}

export function setTimeout<A extends unknown[]>(run: (...args: A) => void, ms = 1, ...args: A): Timeout {
  return new Timeout(() => run(...args), ms, false);
}

export function setInterval<A extends unknown[]>(run: (...args: A) => void, ms = 1, ...args: A): Timeout {
  return new Timeout(() => run(...args), ms, true);
}

export function setImmediate<A extends unknown[]>(run: (...args: A) => void, ...args: A): Timeout {
  return new Timeout(() => run(...args), 1, false);
}

export function clearTimer(timer: Timeout | undefined | null): void {
  timer?.close();
}
