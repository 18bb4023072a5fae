import type { Instant } from '../../runtime/clock.ts';
import type { SecondaryView } from '../operator/secondaries.ts';

/** The largest lag of a secondary in each minute. */
export interface LagSeries {
  readonly times: readonly Instant[];
  /** Null for a minute in which it was not heard or not set up. */
  readonly worstMs: readonly (number | null)[];
}

export const LAGS_KEPT_MS = 86_400_000;

type Lag = Pick<SecondaryView, 'address' | 'lagMs'>;

interface Minute {
  readonly at: Instant;
  readonly worstByAddress: ReadonlyMap<string, number>;
}

/** How far behind the secondaries were in the last day, minute by minute; it begins anew with each start of the gateway. */
export class LagRecord {
  #minutes: Minute[] = [];
  #worstByAddress = new Map<string, number>();

  /** Looks at them now: the worst of a minute is what counts. */
  see(secondaries: readonly Lag[]): void {
    for (const { address, lagMs } of secondaries) {
      if (lagMs === null) continue;
      this.#worstByAddress.set(address, Math.max(lagMs, this.#worstByAddress.get(address) ?? 0));
    }
  }

  endMinute(at: Instant): void {
    this.#minutes = this.#minutes.filter((minute) => minute.at >= at - LAGS_KEPT_MS);
    this.#minutes.push({ at, worstByAddress: this.#worstByAddress });
    this.#worstByAddress = new Map();
  }

  of(address: string): LagSeries {
    return {
      times: this.#minutes.map(({ at }) => at),
      worstMs: this.#minutes.map(({ worstByAddress }) => worstByAddress.get(address) ?? null),
    };
  }
}
