import type { Address } from '../../protocol/address.ts';
import type { LineId } from '../../protocol/line-id.ts';
import type { Clock, Elapsed } from '../../runtime/clock.ts';

const HOUR_MS = 3_600_000;
const LOST_CONTESTS_ALLOWED = 3;

export interface Contest {
  readonly newcomer: LineId;
  readonly holder: LineId;
  /** The newcomer's connection comes from it: that is its proof. */
  readonly address: Address;
}

export type ContestResult =
  | { readonly kind: 'newcomer-has-it' }
  | { readonly kind: 'holder-keeps-it'; readonly retryAfterMs: number };

interface Parts {
  readonly clock: Clock;
  /** True when the holder's agent answers from the address within the challenge's time. */
  readonly holderAnswers: (holder: LineId, address: Address) => Promise<boolean>;
}

/** Decides who has an address that two lines claim (DESIGN section 3, "One holder an address"). */
export class Contests {
  readonly #parts: Parts;
  readonly #lostAt = new Map<LineId, readonly Elapsed[]>();
  readonly #blockedUntil = new Map<LineId, Elapsed>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Three contests lost in an hour block more for an hour, so that nobody can keep a neighbour's agent busy. */
  async decide({ newcomer, holder, address }: Contest): Promise<ContestResult> {
    const blockedMs = this.#blockedMs(newcomer);
    if (blockedMs > 0) return { kind: 'holder-keeps-it', retryAfterMs: blockedMs };
    const holderAnswered = await this.#parts.holderAnswers(holder, address);
    if (!holderAnswered) return { kind: 'newcomer-has-it' };
    this.#noteLost(newcomer);
    return { kind: 'holder-keeps-it', retryAfterMs: Math.max(this.#blockedMs(newcomer), 60_000) };
  }

  #noteLost(line: LineId): void {
    const now = this.#parts.clock.elapsed();
    const lost = [...this.#recentlyLost(line), now];
    this.#lostAt.set(line, lost);
    if (lost.length < LOST_CONTESTS_ALLOWED) return;
    this.#blockedUntil.set(line, now + HOUR_MS);
    this.#lostAt.delete(line);
  }

  #blockedMs(line: LineId): number {
    const until = this.#blockedUntil.get(line) ?? Number.NEGATIVE_INFINITY;
    const leftMs = Math.ceil(until - this.#parts.clock.elapsed());
    if (leftMs <= 0) this.#blockedUntil.delete(line);
    return Math.max(0, leftMs);
  }

  #recentlyLost(line: LineId): readonly Elapsed[] {
    const since = this.#parts.clock.elapsed() - HOUR_MS;
    return (this.#lostAt.get(line) ?? []).filter((at) => at > since);
  }
}
