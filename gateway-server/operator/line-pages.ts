import type { Clock, Elapsed } from '../../runtime/clock.ts';
import { keepNewest } from '../keep-newest.ts';
import type { LineRecord } from '../line/line-book.ts';
import type { Registry } from '../registry.ts';
import { LineIndex } from './line-index.ts';
import { matcherOf } from './line-match.ts';
import { inOrderOf, type LineSort, stateRanks } from './line-order.ts';
import { type LineState, rankOf } from './line-view.ts';

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
const SLICE = 10_000;

interface Kept {
  readonly places: Uint32Array;
  readonly at: Elapsed;
}

/** Pages of a table of very many lines: searched, filtered and sorted here, and never all of them sent. */
export class LinePages {
  readonly #parts: Parts;
  readonly #index: LineIndex;
  readonly #kept = new Map<string, Kept>();

  constructor(parts: Parts) {
    this.#parts = parts;
    const { registry, othersTurn } = parts;
    this.#index = new LineIndex({ book: registry.book, othersTurn });
  }

  async page(wish: LineWish, page: number, most: number): Promise<LinePage> {
    const places = await this.#places(wish);
    const last = Math.max(0, Math.ceil(places.length / most) - 1);
    const shown = Math.min(Math.max(0, page), last);
    const rows = [...places.subarray(shown * most, (shown + 1) * most)].flatMap(
      (place) => this.#recordAt(place) ?? [],
    );
    return { rows, total: places.length, page: shown };
  }

  async #places(wish: LineWish): Promise<Uint32Array> {
    const { registry, othersTurn, clock } = this.#parts;
    await this.#index.catchUp();
    const { columns, generation } = this.#index;
    const { search, state, sort, isDescending } = wish;
    const key = JSON.stringify([generation, search, state, sort, isDescending]);
    const known = this.#kept.get(key);
    if (known && clock.elapsed() - known.at < KEPT_MS) return known.places;
    const found = await this.#found(search, state);
    const places = await inOrderOf({ registry, columns }, found, wish, othersTurn);
    keepNewest(this.#kept, key, { places, at: clock.elapsed() }, MOST_KEPT);
    return places;
  }

  /** The places by id of the lines that fit. */
  async #found(search: string, state: LineState | null): Promise<Uint32Array> {
    const { order, columns } = this.#index;
    if (search === '' && state === null) return order;
    const fits = new Uint8Array(columns.size).fill(1);
    if (search !== '') await this.#look(search, fits);
    if (state !== null)
      keepState(fits, stateRanks({ registry: this.#parts.registry, columns }), rankOf(state));
    return marked(order, fits);
  }

  async #look(search: string, fits: Uint8Array): Promise<void> {
    const { columns } = this.#index;
    const matches = matcherOf(search);
    for (let from = 0; from < fits.length; from += SLICE) {
      if (from > 0) await this.#parts.othersTurn();
      // one by one in the order of their places, as they lie in the memory
      const slice = fits.subarray(from, from + SLICE);
      for (let at = 0; at < slice.length; at++) slice[at] = matches(columns.textAt(from + at)) ? 1 : 0;
    }
  }

  #recordAt(place: number): LineRecord | undefined {
    const line = this.#index.columns.lineAt(place);
    return line && this.#parts.registry.book.get(line.id);
  }
}

function keepState(fits: Uint8Array, ranks: Uint32Array, rank: number): void {
  for (let place = 0; place < fits.length; place++) if (ranks[place] !== rank) fits[place] = 0;
}

function marked(order: Uint32Array, fits: Uint8Array): Uint32Array {
  const found = new Uint32Array(order.length);
  let count = 0;
  for (const place of order) {
    found[count] = place;
    count += fits[place] ?? 0;
  }
  return found.subarray(0, count);
}
