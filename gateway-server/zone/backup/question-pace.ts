import type { Clock, Elapsed } from '../../../runtime/clock.ts';

const QUICKEST_MS = 2;
const LEAST_QUICK_MS = 250;
const SLOW_MS = 1_000;
const SLOWEST_MS = 5_000;
const CALM_MS = 30_000;

/** When a backup is asked for its serial again: quickly while somebody waits for the answer, hardly ever while all is in step. */
export class QuestionPace {
  readonly #clock: Clock;
  #gapMs = QUICKEST_MS;
  #dueAt: Elapsed;
  #quickUntil: Elapsed;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#dueAt = clock.elapsed();
    this.#quickUntil = this.#dueAt;
  }

  get restMs(): number {
    return Math.max(0, this.#dueAt - this.#clock.elapsed());
  }

  get isQuick(): boolean {
    return this.#clock.elapsed() < this.#quickUntil;
  }

  /** Somebody waits for the next `forMs`. */
  hurry(forMs: number): void {
    const now = this.#clock.elapsed();
    this.#quickUntil = Math.max(this.#quickUntil, now + forMs);
    this.#gapMs = QUICKEST_MS;
    this.#dueAt = Math.min(this.#dueAt, now + QUICKEST_MS);
  }

  /** There is something to be found out, and nobody waits for it. */
  stir(): void {
    this.#gapMs = Math.min(this.#gapMs, SLOW_MS);
    this.#dueAt = Math.min(this.#dueAt, this.#clock.elapsed() + SLOW_MS);
  }

  /** The answer is to be expected right now. */
  atOnce(forMs: number): void {
    this.hurry(forMs);
    this.#dueAt = this.#clock.elapsed();
  }

  /** A question has been asked; all is well when nothing is left to be found out. */
  asked(isWell: boolean): void {
    this.#gapMs = isWell ? CALM_MS : this.#nextGapMs();
    this.#dueAt = this.#clock.elapsed() + this.#gapMs;
  }

  #nextGapMs(): number {
    const { isQuick } = this;
    if (this.#gapMs === CALM_MS) return isQuick ? QUICKEST_MS : SLOW_MS;
    if (isQuick) return Math.min(this.#gapMs * 2, LEAST_QUICK_MS);
    return Math.min(Math.max(this.#gapMs * 2, SLOW_MS), SLOWEST_MS);
  }
}
