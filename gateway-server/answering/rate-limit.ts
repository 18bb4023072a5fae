import { type Address, bytesOf, isIpv4, unmapped } from '../../protocol/address.ts';
import type { Clock, Elapsed } from '../../runtime/clock.ts';

/** At most so many within any stretch of so long. */
export interface Allowance {
  readonly most: number;
  readonly windowMs: number;
}

/** Counts per key within sliding windows. Bounded: the key that was counted longest ago is forgotten first. */
export class RateLimit {
  readonly #allowances: readonly Allowance[];
  readonly #clock: Clock;
  readonly #mostKeys: number;
  readonly #timesByKey = new Map<string, readonly Elapsed[]>();

  constructor(allowances: readonly Allowance[], clock: Clock, mostKeys = 10_000) {
    this.#allowances = allowances;
    this.#clock = clock;
    this.#mostKeys = mostKeys;
  }

  /** How long the key has to wait; 0 when it may go on. Counts nothing. */
  waitMs(key: string): number {
    const times = this.#timesByKey.get(key) ?? [];
    return Math.max(0, ...this.#allowances.map((allowance) => this.#waitFor(allowance, times)));
  }

  count(key: string): void {
    const longestMs = Math.max(...this.#allowances.map(({ windowMs }) => windowMs));
    const now = this.#clock.elapsed();
    const recent = (this.#timesByKey.get(key) ?? []).filter((time) => time > now - longestMs);
    this.#timesByKey.delete(key);
    this.#timesByKey.set(key, [...recent, now].slice(-Math.max(...this.#allowances.map(({ most }) => most))));
    this.#forgetOldest();
  }

  /** Takes the latest count back. */
  forgive(key: string): void {
    const times = this.#timesByKey.get(key)?.slice(0, -1) ?? [];
    if (times.length > 0) this.#timesByKey.set(key, times);
    else this.#timesByKey.delete(key);
  }

  #waitFor({ most, windowMs }: Allowance, times: readonly Elapsed[]): number {
    const oldestThatCounts = times.at(-most);
    if (times.length < most || oldestThatCounts === undefined) return 0;
    return oldestThatCounts + windowMs - this.#clock.elapsed();
  }

  #forgetOldest(): void {
    for (const key of this.#timesByKey.keys()) {
      if (this.#timesByKey.size <= this.#mostKeys) return;
      this.#timesByKey.delete(key);
    }
  }
}

/** One subscriber's worth of addresses: an IPv4 address, or the /64 of an IPv6 one. */
export function neighbourhoodOf(address: Address | null): string {
  if (address === null) return 'unknown';
  const plain = unmapped(address);
  return isIpv4(plain) ? plain : bytesOf(plain).subarray(0, 8).join('.');
}
