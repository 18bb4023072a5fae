import { type Address, addressesIn } from '../../protocol/address.ts';
import type { LineId } from '../../protocol/line-id.ts';
import type { Clock, Elapsed } from '../../runtime/clock.ts';
import type { Store } from '../store/store.ts';
import type { Update } from './update.ts';
import type { ZoneIdentity } from './zone-identity.ts';

interface Parts {
  readonly clock: Clock;
  readonly store: Pick<Store, 'putUpdates' | 'dropUpdate'>;
  /** The shortest time between two batches. */
  readonly everyMs: () => number;
  /** Called for every update that begins or ceases to wait for its batch. */
  readonly onWaiting?: (update: Update, isWaiting: boolean) => void;
}

const LONGEST_SLEEP_MS = 1_000;

/** Figure 5, block 518: updates on disk and in memory until their batch, the newest of each line only. */
export class UpdateQueue {
  readonly #parts: Parts;
  #waiting = new Map<LineId, Update>();
  /** Block 528. A batch that fails on its way into the zone is still here, and goes back to the queue. */
  #temporary: ReadonlyMap<LineId, Update> = new Map();
  readonly #beingWritten = new Set<Update>();
  /** The updates that will give an address to their line, from the call of `put` on, the newest last. */
  readonly #claims = new Map<Address, Update[]>();
  #ownRecords: ZoneIdentity | null = null;
  #lastBatchAt: Elapsed = Number.NEGATIVE_INFINITY;
  #batchBeforeAt: Elapsed = Number.NEGATIVE_INFINITY;
  #wake: () => void = () => undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Takes up what waited when the gateway stopped. */
  restore(updates: readonly Update[]): void {
    for (const update of updates) this.#claim(update);
    this.#enqueue(updates);
  }

  /**
   * Resolves when the updates are on disk; they wait together, so that one batch takes all of them. Their addresses are
   * spoken for at once, before the disk has answered: two lines cannot slip past each other.
   */
  async put(...updates: readonly Update[]): Promise<void> {
    for (const update of updates) {
      this.#claim(update);
      this.#beingWritten.add(update);
    }
    try {
      await this.#parts.store.putUpdates(updates);
    } catch (error) {
      for (const update of updates) this.#release(update);
      throw error;
    } finally {
      for (const update of updates) this.#beingWritten.delete(update);
    }
    this.#enqueue(updates);
  }

  /** The line that waits for the address, if there is one. */
  claimantOf(address: Address): LineId | undefined {
    return this.#claims.get(address)?.at(-1)?.line;
  }

  /** Forgets what waits for a line. An update that is already on its way into the zone stays. */
  async cancel(line: LineId): Promise<void> {
    const update = this.#waiting.get(line);
    if (!update) return;
    this.#release(update);
    this.#waiting.delete(line);
    this.#tellWaiting(update);
    await this.#forgetOnDisk(line);
  }

  /** The update that decides where the line will lead, be it in the queue or on its way into the zone. */
  pendingOf(line: LineId): Update | undefined {
    return this.#waiting.get(line) ?? this.#temporary.get(line);
  }

  /** The lines that have an update in the queue or on its way into the zone, some of them twice. */
  *pendingLines(): IterableIterator<LineId> {
    yield* this.#temporary.keys();
    yield* this.#waiting.keys();
  }

  /** True from the moment when a batch takes the line's update until it is in the zone, or has failed. */
  isInBatch(line: LineId): boolean {
    return this.#temporary.has(line);
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Whole milliseconds until the batch that would take an update which is queued now. */
  untilNextBatchMs(): number {
    return Math.max(0, Math.ceil(this.#lastBatchAt + this.#parts.everyMs() - this.#parts.clock.elapsed()));
  }

  /** What an answer about a waiting name may be kept for: whole seconds until its batch, none while the batch is under way. */
  secondsToBatch(): number {
    return this.#temporary.size > 0 ? 0 : Math.floor(this.untilNextBatchMs() / 1_000);
  }

  /** Records of the provider's own that shall take the place of the present ones; they need no place on disk. Null: none shall. */
  putOwnRecords(identity: ZoneIdentity | null): void {
    this.#ownRecords = identity;
    this.#wake();
  }

  get ownRecords(): ZoneIdentity | null {
    return this.#ownRecords;
  }

  /** They are in the zone now; newer ones wait on. */
  dropOwnRecords(identity: ZoneIdentity): void {
    if (this.#ownRecords === identity) this.#ownRecords = null;
  }

  /** Block 538: resolves when something waits and the last batch is long enough ago. */
  async nextBatchDue(signal: AbortSignal): Promise<void> {
    while (this.#waiting.size === 0 && !this.#ownRecords) await this.#somethingWaits(signal);
    // in pieces: a reload may shorten the time between two batches
    do await this.#parts.clock.sleep(Math.min(this.untilNextBatchMs(), LONGEST_SLEEP_MS), signal);
    while (this.untilNextBatchMs() > 0);
  }

  /** Block 524: moves everything into the temporary queue in one step; new updates queue meanwhile. */
  takeAll(): readonly Update[] {
    if (this.#waiting.size === 0) return [];
    this.#temporary = this.#waiting;
    this.#waiting = new Map();
    this.#batchBeforeAt = this.#lastBatchAt;
    this.#lastBatchAt = this.#parts.clock.elapsed();
    return [...this.#temporary.values()];
  }

  /** Block 534: the batch is in the zone. */
  clearTemporary(): void {
    const updates = [...this.#temporary.values()];
    this.#temporary = new Map();
    for (const update of updates) {
      this.#release(update);
      this.#tellWaiting(update);
    }
  }

  /** The batch could not enter the zone: its updates wait again, but for lines that have a newer one. */
  returnTemporary(): void {
    for (const update of this.#temporary.values()) {
      if (this.#waiting.has(update.line)) this.#release(update);
      else this.#waiting.set(update.line, update);
    }
    // what failed was no batch: the next one need not keep its distance from it
    if (this.#temporary.size > 0) this.#lastBatchAt = this.#batchBeforeAt;
    this.#temporary = new Map();
    this.#wake();
  }

  #tellWaiting(update: Update): void {
    this.#parts.onWaiting?.(update, this.pendingOf(update.line) !== undefined);
  }

  /** The newest update of a line takes the place of the one that waited. */
  #enqueue(updates: readonly Update[]): void {
    for (const update of updates) {
      const outranked = this.#waiting.get(update.line);
      if (outranked) this.#release(outranked);
      this.#waiting.set(update.line, update);
      this.#tellWaiting(update);
    }
    this.#wake();
  }

  /** The disk holds one update of a line: what it shall hold now may be on its way into the zone, or to the disk. */
  async #forgetOnDisk(line: LineId): Promise<void> {
    const { store } = this.#parts;
    const isReplaced = [...this.#beingWritten].some((newer) => newer.line === line);
    if (isReplaced) return;
    const entering = this.#temporary.get(line);
    await (entering ? store.putUpdates([entering]) : store.dropUpdate(line));
  }

  #claim(update: Update): void {
    for (const address of claimedBy(update)) {
      const claims = this.#claims.get(address);
      if (claims) claims.push(update);
      else this.#claims.set(address, [update]);
    }
  }

  #release(update: Update): void {
    for (const address of claimedBy(update)) {
      const claims = this.#claims.get(address) ?? [];
      const at = claims.indexOf(update);
      if (at >= 0) claims.splice(at, 1);
      if (claims.length === 0) this.#claims.delete(address);
    }
  }

  #somethingWaits(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const aborted = () => reject(signal.reason);
      signal.addEventListener('abort', aborted, { once: true });
      this.#wake = () => {
        signal.removeEventListener('abort', aborted);
        this.#wake = () => undefined;
        resolve();
      };
    });
  }
}

function claimedBy(update: Update): readonly Address[] {
  return update.kind === 'to-line' ? addressesIn(update.addresses) : [];
}
