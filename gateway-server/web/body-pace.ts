import type { Clock, Elapsed } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import { every } from '../../runtime/loop.ts';

/** A request whose body comes in. */
export interface Incoming {
  /** So far. */
  bytes(): number;
  isWhole(): boolean;
  cut(): void;
}

interface Start {
  readonly at: Elapsed;
  readonly bytes: number;
}

const LOOK_MS = 5_000;
const GRACE_MS = 30_000;
/** A slow line brings five megabytes in ten minutes; who is slower only holds a place. */
const LEAST_BYTES_A_SECOND = 8_000;

/** Cuts off who sends a body more slowly than any line does; how long a body is does not matter. */
export class BodyPace {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #starts = new Map<Incoming, Start>();

  constructor(clock: Clock, log: Logger) {
    this.#clock = clock;
    this.#log = log;
  }

  begins(incoming: Incoming): void {
    this.#starts.set(incoming, { at: this.#clock.elapsed(), bytes: incoming.bytes() });
  }

  ends(incoming: Incoming): void {
    this.#starts.delete(incoming);
  }

  run(signal: AbortSignal): Promise<void> {
    const rhythm = { periodMs: LOOK_MS, clock: this.#clock, log: this.#log };
    return every(rhythm, signal, async () => this.#look());
  }

  #look(): void {
    for (const [incoming, start] of this.#starts) {
      if (incoming.isWhole()) this.#starts.delete(incoming);
      else if (this.#isTooSlow(incoming, start)) {
        this.#starts.delete(incoming);
        incoming.cut();
      }
    }
  }

  #isTooSlow(incoming: Incoming, { at, bytes }: Start): boolean {
    const ms = this.#clock.elapsed() - at;
    return ms >= GRACE_MS && incoming.bytes() - bytes < (LEAST_BYTES_A_SECOND * ms) / 1_000;
  }
}
