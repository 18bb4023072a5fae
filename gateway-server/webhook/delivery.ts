import type { LineId } from '../../protocol/line-id.ts';
import type { Instant } from '../../runtime/clock.ts';
import type { Random } from '../answering/form-seal.ts';
import type { LineNews } from '../line/line-news.ts';

/** One piece of news on its way to one webhook. */
export interface Delivery {
  /** Sorts by the order of the news. */
  readonly id: string;
  readonly webhook: string;
  readonly body: string;
  /** Tries that have failed. */
  readonly attempts: number;
  readonly nextAt: Instant;
}

export interface Ping {
  readonly kind: 'ping';
  readonly line: LineId | null;
  readonly at: Instant;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How long each failed try waits for the next one; after the last of them a delivery is given up. */
const WAITS_MS = [
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  HOUR,
  6 * HOUR,
  24 * HOUR,
] as const satisfies readonly number[];

/** The wait after so many failed tries; undefined when it was the last one. */
export function waitAfter(attempts: number): number | undefined {
  return WAITS_MS[attempts - 1];
}

export function bodyOf(id: string, news: LineNews | Ping, domain: string | null): string {
  const { kind: event, line, at, ...further } = news;
  return JSON.stringify({ id, event, line, domain, at: new Date(at).toISOString(), ...further });
}

const TIME_DIGITS = 12;
const TAIL_BYTES = 8;
const PREFIX = 'msg_';

/** Ids that sort by the time at which they were drawn, also when the clock is set back, and that nobody can guess. */
export class DeliveryIds {
  readonly #random: Random;
  #last: number;

  /** `newest` is the id drawn last before the gateway was started; null for none. */
  constructor(random: Random, newest: string | null) {
    this.#random = random;
    this.#last = Number.parseInt(newest?.slice(PREFIX.length, PREFIX.length + TIME_DIGITS) ?? '0', 16);
  }

  next(now: Instant): string {
    this.#last = Math.max(Math.floor(now), this.#last + 1);
    const time = this.#last.toString(16).padStart(TIME_DIGITS, '0');
    return PREFIX + time + Buffer.from(this.#random(TAIL_BYTES)).toString('hex');
  }
}
