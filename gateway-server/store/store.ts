import type { LineId } from '../../protocol/line-id.ts';
import type { Announcement } from '../../protocol/message.ts';
import type { Instant } from '../../runtime/clock.ts';
import type { Line } from '../line/line.ts';
import type { Standing } from '../line/standing.ts';
import type { Serial } from '../zone/serial.ts';
import type { JournalEntry } from '../zone/transfer/journal-entry.ts';
import type { Update } from '../zone/update.ts';
import type { ZoneDiff } from '../zone/zone-diff.ts';

/** One event in a line's life, kept for `explain` and for people who ask later. */
export interface HistoryEntry {
  readonly line: LineId;
  readonly at: Instant;
  readonly event: string;
  readonly detail: string;
}

/** A batch as it enters the zone: all of it is stored, or nothing. */
export interface Batch {
  /** The serial before the batch; the same as `serial` when nothing changes in the zone. */
  readonly from: Serial;
  readonly serial: Serial;
  readonly at: Instant;
  readonly updates: readonly Update[];
  /** What the batch does to the lines' names; null when it replaces the zone's own records. */
  readonly diff: ZoneDiff | null;
  /** Tells what the zone says from this batch on from what any other zone says. */
  readonly fingerprint: string;
}

export interface StoredBatch {
  readonly serial: Serial;
  readonly at: Instant;
  readonly size: number;
}

/** Everything at once: the store is read as a whole at start and only written afterwards. */
export interface StoredState {
  readonly lines: readonly Line[];
  readonly standings: ReadonlyMap<LineId, Standing>;
  readonly pending: readonly Update[];
  readonly serial: Serial;
  readonly announcements: readonly Announcement[];
  readonly batchCount: number;
  readonly lastBatch: StoredBatch | null;
  /** Of the last batch; null before the first. */
  readonly fingerprint: string | null;
  /** The newest part of the zone's history, oldest first and without gaps, within JOURNAL_BATCHES and JOURNAL_BYTES. */
  readonly journal: readonly JournalEntry[];
}

/** Thrown when the store cannot take or give anything now (disk full, locked, damaged): nothing of the call was stored. */
export class StoreUnavailable extends Error {}

/**
 * Durable memory of the gateway. Every promise resolves when the change is on disk, in the order of the calls, and rejects
 * with StoreUnavailable when it is not. Alive signals never touch it.
 */
export interface Store {
  load(): Promise<StoredState>;
  /** Of the last batch; 1 before the first. */
  serial(): Promise<Serial>;
  putLine(line: Line, standing: Standing): Promise<void>;
  putLines(lines: readonly (readonly [Line, Standing])[]): Promise<void>;
  removeLine(line: LineId): Promise<void>;
  putStandings(standings: ReadonlyMap<LineId, Standing>): Promise<void>;
  /** One line's update takes the place of the one that waited. */
  putUpdates(updates: readonly Update[]): Promise<void>;
  dropUpdate(line: LineId): Promise<void>;
  /**
   * Writes the batch: from now on its lines stand as `standingAfter` says (but for updates that were published already), and
   * its updates no longer wait, unless newer ones have taken their place. One record in the journal is all that the promise
   * waits for, however large the batch is; the lines' own records follow in the background, and in any case before `load`.
   */
  commitBatch(batch: Batch): Promise<void>;
  putAnnouncements(announcements: readonly Announcement[]): Promise<void>;
  /** Appends to the lines' histories; old entries beyond a bound are forgotten. Not awaited by anything that matters. */
  putHistory(entries: readonly HistoryEntry[]): Promise<void>;
  historyOf(line: LineId): Promise<readonly HistoryEntry[]>;
  close(): Promise<void>;
}
