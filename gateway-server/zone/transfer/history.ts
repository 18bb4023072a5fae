import type { Serial } from '../serial.ts';
import type { JournalEntry } from './journal-entry.ts';

/** A step of which every name is known. */
export interface Step extends JournalEntry {
  readonly diff: NonNullable<JournalEntry['diff']>;
}

export interface HistoryLimits {
  readonly batches: number;
  readonly bytes: number;
}

/** The newest steps of the zone without a gap, bounded in number and bytes (RFC 1995 §5). */
export class ZoneHistory {
  readonly #limits: HistoryLimits;
  #steps: Step[] = [];
  #bytes = 0;
  /** The serial to which the newest step led; undefined before the first one. */
  #newest: Serial | undefined;

  constructor(limits: HistoryLimits) {
    this.#limits = limits;
  }

  /** How many steps are known. */
  get size(): number {
    return this.#steps.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The oldest serial from which a secondary can still be led to the newest one, step by step. */
  get oldest(): Serial | undefined {
    return this.#steps[0]?.from ?? this.#newest;
  }

  /** Takes over what was kept over a restart, oldest first. */
  restore(entries: readonly JournalEntry[]): void {
    this.#forgetAll();
    for (const entry of entries) this.append(entry);
  }

  /** Whatever cannot be reached from the new entry is forgotten, be it for a gap or for a step that nobody can tell. */
  append({ from, to, diff }: JournalEntry): void {
    if (diff === null || (this.#newest !== undefined && this.#newest !== from)) this.#forgetAll();
    this.#newest = to;
    if (diff === null || from === to) return;
    this.#steps.push({ from, to, diff });
    this.#bytes += diff.length;
    this.#forgetOldest();
  }

  /** The steps from `serial` to the newest one, none for the newest itself; undefined when the way from there is not known. */
  since(serial: Serial): readonly Step[] | undefined {
    if (serial === this.#newest) return [];
    const first = this.#steps.findIndex(({ from }) => from === serial);
    return first < 0 ? undefined : this.#steps.slice(first);
  }

  #forgetOldest(): void {
    while (this.#steps.length > this.#limits.batches || this.#bytes > this.#limits.bytes)
      this.#bytes -= this.#steps.shift()?.diff.length ?? 0;
  }

  #forgetAll(): void {
    this.#steps = [];
    this.#bytes = 0;
  }
}
