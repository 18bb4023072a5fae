import type { LineId } from '../../protocol/line-id.ts';
import type { Clock, Instant } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import type { LineBook } from '../line/line-book.ts';
import type { LineNews, LineWitness } from '../line/line-news.ts';
import { DIARY_MS, type Diary, type OffLineSpan } from './diary.ts';

/** Ended and open spans on disk. */
export interface DiaryStore {
  /** Takes the place of the span with the same beginning; spans that ended before `forgetBefore` go. */
  put(line: LineId, span: OffLineSpan, forgetBefore: Instant): Promise<void>;
  spans(line: LineId, from: Instant): Promise<readonly OffLineSpan[]>;
}

interface Parts {
  readonly store: DiaryStore;
  readonly book: LineBook;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Writes every span down when it ends; the one that lasts is known from the line's standing. */
export class KeptDiary implements Diary, LineWitness {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  sees({ kind, line }: LineNews): void {
    const { store, clock, log } = this.#parts;
    const span = this.#newest(line);
    if (kind !== 'live' || !span) return;
    store
      .put(line, span, clock.now() - DIARY_MS)
      .catch((error) => log.warn('time off-line not written down', { line, reason: String(error) }));
  }

  /** What a crash has kept from being written still stands in the standing, until the line's next log-on. */
  async catchUp(): Promise<void> {
    const { store, book, clock } = this.#parts;
    const forgetBefore = clock.now() - DIARY_MS;
    const writes = [...book.all()].map(async ({ line, standing: { absence } }) => {
      if (absence !== null && absence.until !== null) await store.put(line.id, absence, forgetBefore);
    });
    await Promise.all(writes);
  }

  async spans(line: LineId, from: Instant): Promise<readonly OffLineSpan[]> {
    const ended = await this.#parts.store.spans(line, from);
    const newest = this.#newest(line);
    const isKnown = !newest || ended.some(({ since }) => since === newest.since);
    return isKnown || (newest.until ?? from) < from ? ended : [...ended, newest];
  }

  #newest(line: LineId): OffLineSpan | null {
    return this.#parts.book.get(line)?.standing.absence ?? null;
  }
}
