import type { Clock, Elapsed } from '../../runtime/clock.ts';
import { RateLimit } from '../answering/rate-limit.ts';
import { keepNewest } from '../keep-newest.ts';

/** Somebody who tries to come in. */
export interface Try {
  /** Whom the try is for; null for one that names nobody. */
  readonly name: string | null;
  readonly neighbourhood: string;
}

interface Failures {
  readonly count: number;
  readonly last: Elapsed;
}

const WINDOW_MS = 10 * 60_000;
const WRONG_ONES = [{ most: 10, windowMs: WINDOW_MS }];
/** Right ones cost a hash too. */
const ALL = [{ most: 60, windowMs: WINDOW_MS }];
/** So many wrong tries for a name cost no wait; then each doubles it. */
const FREE_PER_NAME = 10;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 10 * 60_000;
const FORGOTTEN_AFTER_MS = 3_600_000;
const MOST_NAMES = 50_000;
const MOST_KNOWN_PLACES = 8;

/**
 * Slows guessing down: strictly per neighbourhood, and per name wherever the tries come from. Where somebody has come in
 * by that name before, the tries of all others do not count: who does not know the password can lock nobody out.
 */
export class LogInThrottle {
  readonly #clock: Clock;
  readonly #wrongOnes: RateLimit;
  readonly #all: RateLimit;
  readonly #failuresByName = new Map<string, Failures>();
  readonly #knownPlaces = new Map<string, readonly string[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#wrongOnes = new RateLimit(WRONG_ONES, clock);
    this.#all = new RateLimit(ALL, clock);
  }

  /** How long to wait; 0 when the try may go on, and then it counts as a wrong one until it is forgiven. */
  begin(attempt: Try): number {
    const { name, neighbourhood } = attempt;
    const nameWaitMs = name === null || this.#isKnown(attempt) ? 0 : this.#waitFor(name);
    const limits = [this.#wrongOnes, this.#all];
    const waitMs = Math.max(nameWaitMs, ...limits.map((limit) => limit.waitMs(neighbourhood)));
    if (waitMs > 0) return waitMs;
    for (const limit of limits) limit.count(neighbourhood);
    if (name !== null && !this.#isKnown(attempt)) this.#fail(name);
    return 0;
  }

  /** The try was no wrong one. */
  forgive(attempt: Try): void {
    this.#wrongOnes.forgive(attempt.neighbourhood);
    const failures = attempt.name === null ? undefined : this.#failuresByName.get(attempt.name);
    if (attempt.name === null || !failures || this.#isKnown(attempt)) return;
    if (failures.count > 1)
      this.#failuresByName.set(attempt.name, { ...failures, count: failures.count - 1 });
    else this.#failuresByName.delete(attempt.name);
  }

  /** Somebody has come in: from there the name stays usable. */
  remember(name: string, neighbourhood: string): void {
    const others = (this.#knownPlaces.get(name) ?? []).filter((place) => place !== neighbourhood);
    keepNewest(this.#knownPlaces, name, [...others, neighbourhood].slice(-MOST_KNOWN_PLACES), MOST_NAMES);
  }

  #isKnown({ name, neighbourhood }: Try): boolean {
    return name !== null && this.#knownPlaces.get(name)?.includes(neighbourhood) === true;
  }

  #waitFor(name: string): number {
    const { count, last } = this.#recent(name);
    if (count < FREE_PER_NAME) return 0;
    const ms = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (count - FREE_PER_NAME));
    return Math.max(0, last + ms - this.#clock.elapsed());
  }

  #fail(name: string): void {
    const { count } = this.#recent(name);
    keepNewest(this.#failuresByName, name, { count: count + 1, last: this.#clock.elapsed() }, MOST_NAMES);
  }

  #recent(name: string): Failures {
    const now = this.#clock.elapsed();
    const failures = this.#failuresByName.get(name);
    return failures && now - failures.last < FORGOTTEN_AFTER_MS ? failures : { count: 0, last: now };
  }
}
