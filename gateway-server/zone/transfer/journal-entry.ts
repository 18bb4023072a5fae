import type { Serial } from '../serial.ts';
import type { ZoneDiff } from '../zone-diff.ts';

/** One step of the zone's history: what led from one serial to the next. */
export interface JournalEntry {
  readonly from: Serial;
  readonly to: Serial;
  /** Null when the step cannot be told name by name (the zone's own records have changed): who lacks it needs the whole zone. */
  readonly diff: ZoneDiff | null;
}

/** How much history is kept, in memory and on disk; a secondary that lags more gets the whole zone. */
export const JOURNAL_BATCHES = 1_000;
export const JOURNAL_BYTES = 32 * 1024 * 1024;
