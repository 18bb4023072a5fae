/** What Durations have counted. */
export interface DurationReading {
  /** Upper bounds in seconds. */
  readonly bounds: readonly number[];
  /** For each bound how many took no longer. */
  readonly within: readonly number[];
  readonly count: number;
  readonly sumSeconds: number;
}

/** From a batch of one on a fast disk to one that is slower than the shortest interval between batches. */
const BOUNDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];

/** Counts how long something took, by size, since the start. */
export class Durations {
  readonly #within = BOUNDS.map(() => 0);
  #count = 0;
  #sumSeconds = 0;

  add(ms: number): void {
    const seconds = ms / 1_000;
    BOUNDS.forEach((bound, at) => {
      if (seconds <= bound) this.#within[at] = (this.#within[at] ?? 0) + 1;
    });
    this.#count += 1;
    this.#sumSeconds += seconds;
  }

  reading(): DurationReading {
    const [count, sumSeconds] = [this.#count, this.#sumSeconds];
    return { bounds: BOUNDS, within: [...this.#within], count, sumSeconds };
  }
}
