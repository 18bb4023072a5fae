import type { LineId } from '../../protocol/line-id.ts';
import type { Instant } from '../../runtime/clock.ts';
import type { CopyState, SiteCopies, SiteCopy, SiteCopyStore } from './site-copy.ts';

/** Copies of owners' pages on disk; in memory is only when each was made. */
export class KeptCopies implements SiteCopies {
  readonly #store: SiteCopyStore;
  readonly #times: Map<LineId, Instant>;
  readonly #troubles = new Map<LineId, string>();

  private constructor(store: SiteCopyStore, times: ReadonlyMap<LineId, Instant>) {
    this.#store = store;
    this.#times = new Map(times);
  }

  static async open(store: SiteCopyStore): Promise<KeptCopies> {
    return new KeptCopies(store, await store.times());
  }

  stateOf(line: LineId): CopyState {
    return { copiedAt: this.#times.get(line) ?? null, trouble: this.#troubles.get(line) ?? null };
  }

  async copyOf(line: LineId): Promise<SiteCopy | undefined> {
    return this.#times.has(line) ? this.#store.read(line) : undefined;
  }

  /** The lines of which there is a copy, or was a try. */
  lines(): readonly LineId[] {
    return [...new Set([...this.#times.keys(), ...this.#troubles.keys()])];
  }

  async keep(line: LineId, copy: SiteCopy): Promise<void> {
    await this.#store.put(line, copy);
    this.#times.set(line, copy.at);
    this.#troubles.delete(line);
  }

  /** The copy of before stays. */
  failed(line: LineId, trouble: string): void {
    this.#troubles.set(line, trouble);
  }

  async remove(line: LineId): Promise<void> {
    this.forget(line);
    await this.#store.remove(line);
  }

  /** The line is gone; the store has removed its row with it. */
  forget(line: LineId): void {
    this.#times.delete(line);
    this.#troubles.delete(line);
  }
}
