import type { Address } from '../../protocol/address.ts';
import type { LineId } from '../../protocol/line-id.ts';
import type { Clock, Elapsed } from '../../runtime/clock.ts';

const WINDOW_MS = 60_000;
const MOST_IN_WINDOW = 3;

export interface Takeover {
  readonly line: LineId;
  /** Where the connection that holds the line comes from. */
  readonly holder: Address;
  readonly newcomer: Address;
}

/** Tells a router that reconnects from two routers that share one secret and push each other out for ever. */
export class Takeovers {
  readonly #clock: Clock;
  /** Times of the takeovers in the window; lines stand in the order of their last one. */
  readonly #timesByLine = new Map<LineId, readonly Elapsed[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether the newcomer gets the line (which is noted); else it is a duplicate and the holder stays. */
  grants({ line, holder, newcomer }: Takeover): boolean {
    this.#forgetOld();
    if (holder === newcomer) return true;
    const times = (this.#timesByLine.get(line) ?? []).filter((time) => this.#isRecent(time));
    if (times.length >= MOST_IN_WINDOW) return false;
    this.#timesByLine.delete(line);
    this.#timesByLine.set(line, [...times, this.#clock.elapsed()]);
    return true;
  }

  /** How many lines are remembered now. */
  get size(): number {
    return this.#timesByLine.size;
  }

  #forgetOld(): void {
    for (const [line, times] of this.#timesByLine) {
      if (times.some((time) => this.#isRecent(time))) return;
      this.#timesByLine.delete(line);
    }
  }

  #isRecent(time: Elapsed): boolean {
    return this.#clock.elapsed() - time < WINDOW_MS;
  }
}
