import type { LineId } from '../../protocol/line-id.ts';
import type { Clock, Elapsed } from '../../runtime/clock.ts';
import { keepNewest } from '../keep-newest.ts';
import type { LineBook, LineRecord } from '../line/line-book.ts';
import type { Registry } from '../registry.ts';
import { type IndexEntry, LineIndex } from './line-index.ts';
import { matcherOf } from './line-match.ts';
import { inOrderOf, type LineSort } from './line-order.ts';
import type { LineState } from './line-view.ts';

export interface LineWish {
  /** In ids, names and addresses; empty for all. */
  readonly search: string;
  readonly state: LineState | null;
  readonly sort: LineSort;
  readonly isDescending: boolean;
}

export interface LinePage {
  readonly rows: readonly LineRecord[];
  /** How many fit in all. */
  readonly total: number;
  /** From 0; the last one when a later one was asked for. */
  readonly page: number;
}

interface Parts {
  readonly registry: Registry;
  /** Resolves when others have had their turn. */
  readonly othersTurn: () => Promise<void>;
  readonly clock: Clock;
}

/** Who leafs through pages sees one order, and what is the same for many is found once. */
const KEPT_MS = 2_000;
const MOST_KEPT = 8;
const SLICE = 4_000;

interface Kept {
  readonly ids: readonly LineId[];
  readonly at: Elapsed;
}

/** Pages of a table of very many lines: searched, filtered and sorted here, and never all of them sent. */
export class LinePages {
  readonly #parts: Parts;
  readonly #index: LineIndex;
  readonly #kept = new Map<string, Kept>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#index = new LineIndex(parts.registry.book, parts.clock);
  }

  async page(wish: LineWish, page: number, most: number): Promise<LinePage> {
    const ids = await this.#ids(wish);
    const last = Math.max(0, Math.ceil(ids.length / most) - 1);
    const shown = Math.min(Math.max(0, page), last);
    const { book } = this.#parts.registry;
    const records = ids.slice(shown * most, (shown + 1) * most).map((id) => book.get(id));
    return { rows: records.filter((record) => record !== undefined), total: ids.length, page: shown };
  }

  async #ids(wish: LineWish): Promise<readonly LineId[]> {
    const { registry, othersTurn, clock } = this.#parts;
    const entries = this.#index.entries();
    const { search, state, sort, isDescending } = wish;
    if (search === '' && state === null && sort === 'id' && !isDescending) return this.#index.ids();
    const key = JSON.stringify([this.#index.generation, search, state, sort, isDescending]);
    const known = this.#kept.get(key);
    if (known && clock.elapsed() - known.at < KEPT_MS) return known.ids;
    const matches = matcherOf(registry, search, state);
    const found: LineRecord[] = [];
    for (let from = 0; from < entries.length; from += SLICE) {
      if (from > 0) await othersTurn();
      look(registry.book, entries.slice(from, from + SLICE), matches, found);
    }
    const ids = await inOrderOf(registry, found, wish, othersTurn);
    keepNewest(this.#kept, key, { ids, at: clock.elapsed() }, MOST_KEPT);
    return ids;
  }
}

/** One slice; apart from the loop that waits, as only a function that runs through is made fast. */
function look(
  book: LineBook,
  entries: readonly IndexEntry[],
  matches: (entry: IndexEntry) => boolean,
  found: LineRecord[],
): void {
  for (const entry of entries) {
    const record = matches(entry) ? book.get(entry.id) : undefined;
    if (record) found.push(record);
  }
}
