import type { LineId } from '../../protocol/line-id.ts';
import type { ChangedLines } from '../line/changed-lines.ts';
import type { LineBook } from '../line/line-book.ts';
import { LineColumns } from './line-columns.ts';
import { sortedInSlices } from './sorted-in-slices.ts';

interface Parts {
  readonly book: LineBook;
  /** Resolves when others have had their turn. */
  readonly othersTurn: () => Promise<void>;
}

/** The first time all lines are taken in: some milliseconds a slice. */
const SLICE = 1_000;

/** All lines in the order of their ids. It follows the book: only what has changed since the last question is looked at. */
export class LineIndex {
  readonly columns = new LineColumns();
  readonly #parts: Parts;
  #changed: ChangedLines | null = null;
  #catchingUp: Promise<void> | null = null;
  #order: Uint32Array = new Uint32Array(0);
  /** Places of lines that are in the book no more. */
  readonly #gone = new Set<number>();
  #generation = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The places of all lines by their ids. It is never written to: a newer order is another one. */
  get order(): Uint32Array {
    return this.#order;
  }

  /** Changes whenever a line comes, goes or is set up anew. */
  get generation(): number {
    return this.#generation;
  }

  /** Takes in what has changed; who asks meanwhile waits for the same. */
  catchUp(): Promise<void> {
    this.#catchingUp ??= this.#takeInAll().finally(() => {
      this.#catchingUp = null;
    });
    return this.#catchingUp;
  }

  async #takeInAll(): Promise<void> {
    const { book, othersTurn } = this.#parts;
    this.#changed ??= book.follow();
    const ids = this.#changed.take();
    const newcomers: LineId[] = [];
    const leavers = new Set<number>();
    for (let from = 0; from < ids.length; from += SLICE) {
      if (from > 0) await othersTurn();
      for (const id of ids.slice(from, from + SLICE)) this.#takeIn(id, newcomers, leavers);
    }
    const sorted = await sortedInSlices(newcomers, othersTurn);
    if (sorted.length > 0) await this.#putIn(sorted);
    // afterwards: one that came may have gone again while others had their turn
    if (leavers.size > 0) this.#leaveOut(leavers);
  }

  #takeIn(id: LineId, newcomers: LineId[], leavers: Set<number>): void {
    const record = this.#parts.book.get(id);
    const known = this.columns.placeOf(id);
    const isListed = known !== undefined && !this.#gone.has(known);
    if (!record) {
      if (isListed) leavers.add(known);
      return;
    }
    const before = known === undefined ? undefined : this.columns.lineAt(known);
    const place = this.columns.write(record);
    if (before !== record.line) this.#generation += 1;
    if (isListed) return;
    this.#gone.delete(place);
    newcomers.push(id);
  }

  #leaveOut(leavers: ReadonlySet<number>): void {
    for (const place of leavers) this.#gone.add(place);
    this.#order = this.#order.filter((place) => !leavers.has(place));
    this.#generation += 1;
  }

  async #putIn(newcomers: readonly LineId[]): Promise<void> {
    const before = this.#order;
    const after = new Uint32Array(before.length + newcomers.length);
    let from = 0;
    for (const [count, id] of newcomers.entries()) {
      if (count % SLICE === SLICE - 1) await this.#parts.othersTurn();
      const rank = this.#rankOf(id);
      after.set(before.subarray(from, rank), from + count);
      after[rank + count] = this.columns.placeOf(id) ?? 0;
      from = rank;
    }
    after.set(before.subarray(from), from + newcomers.length);
    this.#order = after;
    this.#generation += 1;
  }

  /** How many of the lines in order come before the id. */
  #rankOf(id: LineId): number {
    let [low, high] = [0, this.#order.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const there = this.columns.lineAt(this.#order[middle] ?? 0);
      if (there && there.id < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
