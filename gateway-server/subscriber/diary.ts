import type { LineId } from '../../protocol/line-id.ts';
import type { OfflineReason } from '../../protocol/message.ts';
import type { Instant } from '../../runtime/clock.ts';

/** A stretch of time in which the gateway answered in the line's place. */
export interface OffLineSpan {
  readonly since: Instant;
  /** Null while it lasts. */
  readonly until: Instant | null;
  readonly reason: OfflineReason;
  readonly hits: number;
}

/** How long a span is remembered. */
export const DIARY_MS = 400 * 86_400_000;

/** When each line was off, and why: for the portal's strip of days and the console's timeline. */
export interface Diary {
  /** Spans that touch the time from `from` on, oldest first. */
  spans(line: LineId, from: Instant): Promise<readonly OffLineSpan[]>;
}
