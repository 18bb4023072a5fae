import { isDeepStrictEqual } from 'node:util';
import type { Line } from '../../gateway-server/line/line.ts';
import { isPublished, type Standing, standingAfter } from '../../gateway-server/line/standing.ts';
import {
  type Batch,
  type HistoryEntry,
  type Store,
  type StoredBatch,
  type StoredState,
  StoreUnavailable,
} from '../../gateway-server/store/store.ts';
import { isLater } from '../../gateway-server/zone/serial.ts';
import { JOURNAL_BATCHES, type JournalEntry } from '../../gateway-server/zone/transfer/journal-entry.ts';
import type { Update } from '../../gateway-server/zone/update.ts';
import type { LineId } from '../../protocol/line-id.ts';
import type { Announcement } from '../../protocol/message.ts';

const HISTORY_KEPT = 200;

/** A store that forgets everything with the test; it keeps copies, as a disk would, and can be made to fail. */
export class MemoryStore implements Store {
  readonly #lines = new Map<LineId, Line>();
  readonly #standings = new Map<LineId, Standing>();
  readonly #pending = new Map<LineId, Update>();
  readonly #history = new Map<LineId, HistoryEntry[]>();
  readonly #batches: StoredBatch[] = [];
  readonly #journal: JournalEntry[] = [];
  #fingerprint: string | null = null;
  #announcements: readonly Announcement[] = [];
  #failure: Error | null = null;
  #isClosed = false;

  /** From now on every call fails because of `error`; null mends the store. */
  failWith(error: Error | null): void {
    this.#failure = error;
  }

  async load(): Promise<StoredState> {
    this.#mustWork();
    const lastBatch = this.#batches.at(-1) ?? null;
    return structuredClone({
      lines: [...this.#lines.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
      standings: this.#standings,
      pending: [...this.#pending.values()],
      serial: lastBatch?.serial ?? 1,
      announcements: this.#announcements,
      batchCount: this.#batches.length,
      lastBatch,
      fingerprint: this.#fingerprint,
      journal: unbroken(this.#journal).slice(-JOURNAL_BATCHES),
    });
  }

  async serial(): Promise<number> {
    this.#mustWork();
    return this.#batches.at(-1)?.serial ?? 1;
  }

  putLine(line: Line, standing: Standing): Promise<void> {
    return this.putLines([[line, standing]]);
  }

  async putLines(lines: readonly (readonly [Line, Standing])[]): Promise<void> {
    this.#mustWork();
    for (const [line, standing] of structuredClone(lines)) {
      this.#lines.set(line.id, line);
      this.#standings.set(line.id, standing);
    }
  }

  async removeLine(line: LineId): Promise<void> {
    this.#mustWork();
    this.#lines.delete(line);
    this.#standings.delete(line);
    this.#history.delete(line);
  }

  async putStandings(standings: ReadonlyMap<LineId, Standing>): Promise<void> {
    this.#mustWork();
    this.#setStandings(standings);
  }

  async putUpdates(updates: readonly Update[]): Promise<void> {
    this.#mustWork();
    for (const update of structuredClone(updates)) this.#pending.set(update.line, update);
  }

  async dropUpdate(line: LineId): Promise<void> {
    this.#mustWork();
    this.#pending.delete(line);
  }

  async commitBatch(batch: Batch): Promise<void> {
    this.#mustWork();
    const { from, serial, at, updates, diff, fingerprint } = structuredClone(batch);
    for (const update of updates) {
      const before = this.#standings.get(update.line);
      const isOlder = update.kind !== 'removal' && before && isLater(serial, before.published.serial);
      if (isOlder && !isPublished(update, before))
        this.#standings.set(update.line, standingAfter(update, before, serial, at));
      if (isDeepStrictEqual(this.#pending.get(update.line), update)) this.#pending.delete(update.line);
    }
    this.#batches.push({ serial, at, size: updates.length });
    this.#fingerprint = fingerprint;
    if (from !== serial) this.#journal.push({ from, to: serial, diff });
  }

  async putAnnouncements(announcements: readonly Announcement[]): Promise<void> {
    this.#mustWork();
    this.#announcements = structuredClone(announcements);
  }

  async putHistory(entries: readonly HistoryEntry[]): Promise<void> {
    this.#mustWork();
    for (const entry of structuredClone(entries)) {
      const history = [...(this.#history.get(entry.line) ?? []), entry];
      this.#history.set(entry.line, history.slice(-HISTORY_KEPT));
    }
  }

  async historyOf(line: LineId): Promise<readonly HistoryEntry[]> {
    this.#mustWork();
    return structuredClone(this.#history.get(line) ?? []);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  #setStandings(standings: ReadonlyMap<LineId, Standing>): void {
    for (const [line, standing] of structuredClone(standings)) {
      if (this.#lines.has(line)) this.#standings.set(line, standing);
    }
  }

  #mustWork(): void {
    if (this.#isClosed) throw new StoreUnavailable('the store is closed');
    if (this.#failure) {
      throw new StoreUnavailable(`the store cannot be used now: ${this.#failure.message}`, {
        cause: this.#failure,
      });
    }
  }
}

/** From the last step that cannot be told name by name, or the last gap, on. */
function unbroken(journal: readonly JournalEntry[]): readonly JournalEntry[] {
  const start = journal.findLastIndex(
    ({ from, diff }, index) => diff === null || (index > 0 && journal[index - 1]?.to !== from),
  );
  return journal.slice(Math.max(0, start));
}
