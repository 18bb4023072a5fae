import { type Address, bytesOf, isIpv4 } from '../../../protocol/address.ts';
import type { Clock } from '../../../runtime/clock.ts';
import { TokenBucket } from '../../token-bucket.ts';
import type { MqttLimits } from './mqtt-limits.ts';

/** Sources without a connection that may be remembered before the idle ones are forgotten. */
const IDLE_SOURCES = 1_000;

interface Source {
  readonly attempts: TokenBucket;
  open: number;
}

/** Bounds connections: of the whole broker, of one source, and attempts of one source in a time. */
export class SourceGate {
  readonly #limits: MqttLimits;
  readonly #clock: Clock;
  readonly #sources = new Map<string, Source>();
  #open = 0;
  #forgetAbove = IDLE_SOURCES;

  constructor(limits: MqttLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Counts a connection in; one that is not admitted is not counted. */
  admits(address: Address): boolean {
    const source = this.#sourceOf(address);
    const isWelcome =
      source.attempts.take(1) &&
      source.open < this.#limits.connectionsPerSource &&
      this.#open < this.#limits.connections;
    if (isWelcome) this.#count(source, 1);
    return isWelcome;
  }

  /** Counts an admitted connection out. */
  leaves(address: Address): void {
    this.#count(this.#sourceOf(address), -1);
  }

  get open(): number {
    return this.#open;
  }

  /** How many sources are remembered now. */
  get size(): number {
    return this.#sources.size;
  }

  #count(source: Source, change: 1 | -1): void {
    source.open += change;
    this.#open += change;
  }

  #sourceOf(address: Address): Source {
    const key = sourceKey(address);
    const known = this.#sources.get(key);
    if (known) return known;
    if (this.#sources.size >= this.#forgetAbove) this.#forgetIdle();
    const source = { attempts: new TokenBucket(this.#limits.attemptsPerSource, this.#clock), open: 0 };
    this.#sources.set(key, source);
    return source;
  }

  /** Sources that would be treated like new ones are forgotten; sweeps grow rarer as the rest grows, so each stays cheap. */
  #forgetIdle(): void {
    for (const [key, source] of this.#sources) {
      if (source.open === 0 && source.attempts.isFull()) this.#sources.delete(key);
    }
    this.#forgetAbove = 2 * this.#sources.size + IDLE_SOURCES;
  }
}

/** One subscriber commands a whole /64. */
function sourceKey(address: Address): string {
  return isIpv4(address) ? address : bytesOf(address).subarray(0, 8).join('.');
}
