import type { Instant } from '../../runtime/clock.ts';
import type { Standing } from '../line/standing.ts';
import type { OffLineSpan } from '../subscriber/diary.ts';

const DAY_MS = 86_400_000;
const STRIP_DAYS = 30;

/** One day (UTC) of a line. */
export interface PresenceDay {
  readonly start: Instant;
  /** How much of the day has passed and is known of; 0 before the line was heard. */
  readonly knownMs: number;
  readonly offMs: number;
  readonly spans: number;
}

interface Wish {
  readonly spans: readonly OffLineSpan[];
  /** Null for a line that was never heard. */
  readonly knownFrom: Instant | null;
  readonly now: Instant;
}

/** The last 30 days, oldest first; a rehearsal is not counted as off. */
export function presenceDays({ spans, knownFrom, now }: Wish): readonly PresenceDay[] {
  const first = dayOf(now) - (STRIP_DAYS - 1) * DAY_MS;
  return Array.from({ length: STRIP_DAYS }, (_, index) => {
    const start = first + index * DAY_MS;
    const until = Math.min(start + DAY_MS, now);
    const touching = counted(spans).filter((span) => overlapMs(span, start, until, now) > 0);
    return {
      start,
      knownMs: knownFrom === null ? 0 : Math.max(0, until - Math.max(start, knownFrom)),
      offMs: touching.reduce((sum, span) => sum + overlapMs(span, start, until, now), 0),
      spans: touching.length,
    };
  });
}

/** When a line began to be heard, as far as that is remembered: of many log-ons only the last two are. */
export function firstHeard(
  createdAt: Instant,
  { logOn, previousLogOn }: Pick<Standing, 'logOn' | 'previousLogOn'>,
): Instant | null {
  return logOn === null || previousLogOn === null ? logOn : createdAt;
}

/** How long the line was off since the month (UTC) began. */
export function offThisMonthMs(spans: readonly OffLineSpan[], now: Instant): number {
  const start = monthStart(now);
  return counted(spans).reduce((sum, span) => sum + overlapMs(span, start, now, now), 0);
}

/** From when on spans are needed for the strip and the month. */
export function lookBackTo(now: Instant): Instant {
  return Math.min(monthStart(now), dayOf(now) - (STRIP_DAYS - 1) * DAY_MS);
}

function counted(spans: readonly OffLineSpan[]): readonly OffLineSpan[] {
  return spans.filter(({ reason }) => reason !== 'rehearsal');
}

function overlapMs(span: OffLineSpan, from: Instant, until: Instant, now: Instant): number {
  return Math.max(0, Math.min(span.until ?? now, until) - Math.max(span.since, from));
}

function dayOf(at: Instant): Instant {
  return Math.floor(at / DAY_MS) * DAY_MS;
}

function monthStart(now: Instant): Instant {
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
}
