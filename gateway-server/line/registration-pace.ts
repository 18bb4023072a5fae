import type { LineId } from '../../protocol/line-id.ts';
import type { Clock } from '../../runtime/clock.ts';
import { TokenBucket } from '../token-bucket.ts';

const RATE = { perSecond: 1, burst: 5 };

/** One registration a second for each line, five in a burst (DESIGN section 4). */
export class RegistrationPace {
  readonly #clock: Clock;
  readonly #buckets = new Map<LineId, TokenBucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes a place for the line's next registration and gives 0; or the milliseconds after which to ask again. */
  waitMs(line: LineId): number {
    const bucket = this.#bucketOf(line);
    return bucket.take(1) ? 0 : bucket.waitMs();
  }

  #bucketOf(line: LineId): TokenBucket {
    const bucket = this.#buckets.get(line) ?? new TokenBucket(RATE, this.#clock);
    this.#buckets.set(line, bucket);
    return bucket;
  }
}
