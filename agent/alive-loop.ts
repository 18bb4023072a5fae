import type { Clock } from '../runtime/clock.ts';

/** A third of the gateway's default time-out: good until the gateway tells its own figure. */
const FIRST_ALIVE_MS = 3_333;
const JITTER = 0.1;

/** The rhythm that the gateway has told last; it outlives connections. */
export class Pace {
  #aliveMs = FIRST_ALIVE_MS;
  #spreadMs = 0;
  #change = new AbortController();

  get aliveMs(): number {
    return this.#aliveMs;
  }

  get spreadMs(): number {
    return this.#spreadMs;
  }

  /** Aborts when `aliveMs` is no longer what it was. */
  get changed(): AbortSignal {
    return this.#change.signal;
  }

  told({ aliveMs, spreadMs }: { readonly aliveMs: number; readonly spreadMs: number }): void {
    this.#spreadMs = spreadMs;
    if (aliveMs === this.#aliveMs) return;
    this.#aliveMs = aliveMs;
    this.#change.abort();
    this.#change = new AbortController();
  }
}

export interface AliveParts {
  readonly pace: Pace;
  readonly clock: Clock;
  readonly random: () => number;
  /** Block 452: sends one signal and returns at once. */
  readonly beat: () => void;
}

/** Figure 4, blocks 448 and 452: tells the gateway at intervals that the line is there. A changed pace holds at once. */
export async function aliveLoop(
  { pace, clock, random, beat }: AliveParts,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    // one for each pace, not for each signal: Node 22 and 24 keep a trace of every combination as long as its parts live
    const until = AbortSignal.any([signal, pace.changed]);
    while (!until.aborted) {
      const waitMs = pace.aliveMs * (1 - JITTER + 2 * JITTER * random());
      await clock.sleep(waitMs, until).catch(() => undefined);
      if (!until.aborted) beat();
    }
  }
}

/** The alive loop of one connection: it runs from the first acceptance to a refusal or the end. */
export class AliveSwitch {
  readonly #parts: AliveParts;
  #running: AbortController | null = null;

  constructor(parts: AliveParts) {
    this.#parts = parts;
  }

  /** Gives false when the loop runs already. */
  begin(): boolean {
    if (this.#running) return false;
    this.#running = new AbortController();
    void aliveLoop(this.#parts, this.#running.signal);
    return true;
  }

  end(): void {
    this.#running?.abort();
    this.#running = null;
  }
}
