import type { LineId } from '../../protocol/line-id.ts';
import type { Instant } from '../../runtime/clock.ts';
import { keepNewest } from '../keep-newest.ts';
import type { CopyState, SiteCopies, SiteCopy, SiteCopyStore } from './site-copy.ts';

/** A page and each of its pictures are asked for one by one: a copy is read from the disk once for all of them. */
const MOST_AT_HAND = 8;

/** Copies of owners' pages on disk; in memory is when each was made, and the few that were looked at last. */
export class KeptCopies implements SiteCopies {
  readonly #store: SiteCopyStore;
  readonly #times: Map<LineId, Instant>;
  readonly #troubles = new Map<LineId, string>();
  readonly #atHand = new Map<LineId, SiteCopy>();

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
    const at = this.#times.get(line);
    const known = this.#atHand.get(line);
    if (at === undefined || known?.at === at) return known;
    const copy = await this.#store.read(line);
    // another one may have been kept meanwhile
    if (copy && copy.at === this.#times.get(line)) keepNewest(this.#atHand, line, copy, MOST_AT_HAND);
    return copy;
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
    this.#atHand.delete(line);
    this.#troubles.delete(line);
  }
}
