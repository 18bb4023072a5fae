import type { LineId } from '../../protocol/line-id.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import { every } from '../../runtime/loop.ts';
import type { HistoryEntry, Store } from '../store/store.ts';
import type { LineBook } from './line-book.ts';
import { type Standing, standingAtLogOn } from './standing.ts';

const FLUSH_MS = 1_000;
/** A store that stays away for long must not fill the memory. */
const MOST_HISTORY_WAITING = 10_000;

interface Parts {
  readonly book: LineBook;
  readonly store: Pick<Store, 'putStandings' | 'putHistory'>;
  /** True while a batch that changes the line is on its way to the disk. */
  readonly isInBatch: (line: LineId) => boolean;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Changes of a line's standing outside batches (log-ons, hits, messages) and its history, written together once a second. */
export class StandingKeeper {
  readonly #parts: Parts;
  readonly #changed = new Set<LineId>();
  #history: HistoryEntry[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  loggedOn(line: LineId, agent: string): void {
    const now = this.#parts.clock.now();
    this.#change(line, (standing) => standingAtLogOn(standing, agent, now));
    this.note(line, 'logged on', agent);
  }

  /** A visit to the page of a line that is answered for. */
  countHit(line: LineId): void {
    this.#change(line, (standing) => {
      const { absence } = standing;
      return absence?.until === null
        ? { ...standing, absence: { ...absence, hits: absence.hits + 1 } }
        : standing;
    });
  }

  /** How many messages the owner has not read. */
  setMessages(line: LineId, messages: number): void {
    this.#change(line, (standing) => ({ ...standing, messages }));
  }

  /** Adds to the line's history. */
  note(line: LineId, event: string, detail = ''): void {
    this.#history.push({ line, at: this.#parts.clock.now(), event, detail });
  }

  /** Writes once a second until aborted; what could not be written is tried again. */
  keep(signal: AbortSignal): Promise<void> {
    return every({ periodMs: FLUSH_MS, ...this.#parts }, signal, () => this.flush());
  }

  async flush(): Promise<void> {
    if (this.#changed.size > 0) await this.#flushStandings();
    if (this.#history.length > 0) await this.#flushHistory();
  }

  async #flushStandings(): Promise<void> {
    // what is known of a line in a batch is old as soon as the batch is written: it must not follow it to the disk
    const ids = [...this.#changed].filter((id) => !this.#parts.isInBatch(id));
    for (const id of ids) this.#changed.delete(id);
    const records = ids.map((id) => this.#parts.book.get(id)).filter((record) => record !== undefined);
    try {
      await this.#parts.store.putStandings(new Map(records.map(({ line, standing }) => [line.id, standing])));
    } catch (error) {
      for (const id of ids) this.#changed.add(id);
      throw error;
    }
  }

  async #flushHistory(): Promise<void> {
    const entries = this.#history;
    this.#history = [];
    try {
      await this.#parts.store.putHistory(entries);
    } catch (error) {
      this.#history = [...entries, ...this.#history].slice(-MOST_HISTORY_WAITING);
      throw error;
    }
  }

  #change(line: LineId, change: (standing: Standing) => Standing): void {
    const record = this.#parts.book.get(line);
    if (!record) return;
    this.#parts.book.setStanding(line, change(record.standing));
    this.#changed.add(line);
  }
}
