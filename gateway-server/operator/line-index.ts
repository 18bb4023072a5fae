import type { LineId } from '../../protocol/line-id.ts';
import type { Clock, Elapsed } from '../../runtime/clock.ts';
import type { Line } from '../line/line.ts';
import type { LineBook } from '../line/line-book.ts';

export interface IndexEntry {
  readonly id: LineId;
  /** The line as it was when its text was made: a changed one is another object. */
  readonly line: Line;
  /** What a search looks into. */
  readonly text: string;
}

/** After this time the book is looked through for lines that came as others went. */
const LOOK_AGAIN_MS = 10_000;

/** The ids of all lines in order, and the text of each; brought up to date in place, not built for each question. */
export class LineIndex {
  readonly #book: LineBook;
  readonly #clock: Clock;
  readonly #byId = new Map<LineId, IndexEntry>();
  #entries: readonly IndexEntry[] = [];
  #ids: readonly LineId[] = [];
  #lookedAt: Elapsed = Number.NEGATIVE_INFINITY;
  #generation = 0;

  constructor(book: LineBook, clock: Clock) {
    this.#book = book;
    this.#clock = clock;
  }

  entries(): readonly IndexEntry[] {
    this.#catchUp();
    return this.#entries;
  }

  ids(): readonly LineId[] {
    this.#catchUp();
    return this.#ids;
  }

  /** Changes whenever a line comes, goes or is set up anew. */
  get generation(): number {
    return this.#generation;
  }

  #catchUp(): void {
    const now = this.#clock.elapsed();
    if (this.#book.size === this.#byId.size && now - this.#lookedAt < LOOK_AGAIN_MS) return;
    this.#lookedAt = now;
    const isChanged = this.#takeIn();
    if (this.#forgetGone() || isChanged) this.#order();
  }

  #takeIn(): boolean {
    let isChanged = false;
    for (const { line } of this.#book.all()) {
      if (this.#byId.get(line.id)?.line === line) continue;
      isChanged = true;
      this.#byId.set(line.id, { id: line.id, line, text: textOf(line) });
    }
    return isChanged;
  }

  #forgetGone(): boolean {
    if (this.#byId.size === this.#book.size) return false;
    for (const id of this.#byId.keys()) if (!this.#book.get(id)) this.#byId.delete(id);
    return true;
  }

  #order(): void {
    this.#generation += 1;
    this.#ids = [...this.#byId.keys()].sort();
    this.#entries = this.#ids.flatMap((id) => this.#byId.get(id) ?? []);
  }
}

function textOf({ id, domain, names }: Line): string {
  return [id, domain ?? '', ...names].join(' ');
}
