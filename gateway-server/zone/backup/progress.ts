import type { Elapsed } from '../../../runtime/clock.ts';
import { isLater, type Serial } from '../serial.ts';
import type { BatchTimes } from './batch-times.ts';

/** How far one backup has come, judged by the serials that it shows (RFC 1982). */
export class Progress {
  readonly #times: BatchTimes;
  #shown: Serial | null = null;
  #isAhead = false;
  /**
   * A server that signs the zone counts serials of its own and may show a later one than ours before it has heard of a batch:
   * then the batch is proved only when it shows a still later one. Another change of its own cannot be told from that.
   */
  #mustPass: Serial | null = null;
  #lackingSince: Elapsed | null = null;
  #lastLagMs: number | null = null;

  constructor(times: BatchTimes) {
    this.#times = times;
  }

  /** What it showed last; null when it was never heard. */
  get shown(): Serial | null {
    return this.#shown;
  }

  /** It shows a serial that we have not given out yet. */
  get isAhead(): boolean {
    return this.#isAhead;
  }

  get isInStep(): boolean {
    const { newest } = this.#times;
    return newest === undefined || this.proves(newest);
  }

  /** How long the newest batch that it was seen to take over took to get there. */
  get lastLagMs(): number | null {
    return this.#lastLagMs;
  }

  /** True when all batches up to the serial are served there. */
  proves(serial: Serial): boolean {
    return this.#shown !== null && this.#mustPass === null && !isLater(serial, this.#shown);
  }

  /** For how long it has been without a batch. */
  lagMs(now: Elapsed): number | null {
    if (this.#shown === null) return null;
    return this.#lackingSince === null ? 0 : now - this.#lackingSince;
  }

  /** A batch has entered the zone. */
  expect(serial: Serial, now: Elapsed): void {
    if (this.#isAhead) this.#mustPass = this.#shown;
    if (!this.proves(serial)) this.#lackingSince ??= now;
  }

  /** It was seen to serve the serial while we served `ours`. */
  show(serial: Serial, ours: Serial, now: Elapsed): void {
    const before = this.#shown;
    this.#shown = serial;
    this.#isAhead = isLater(serial, ours);
    if (serial === before) return;
    if (this.#mustPass !== null && isLater(serial, this.#mustPass)) this.#mustPass = null;
    if (this.isInStep) this.#lackingSince = null;
    else this.#lackingSince = this.#times.firstAfter(serial) ?? this.#lackingSince;
    if (before !== null) this.#measure(serial, now);
  }

  #measure(serial: Serial, now: Elapsed): void {
    const taken = this.isInStep ? this.#times.newest : serial;
    const since = taken === undefined ? undefined : this.#times.of(taken);
    if (since !== undefined) this.#lastLagMs = now - since;
  }
}
